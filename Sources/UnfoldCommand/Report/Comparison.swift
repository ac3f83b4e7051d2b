/// A comparison of Unfold with other implementations on the same shapes, as `unfold report` draws it.
///
/// What an implementation cannot do is absent, and so is what was not measured.
struct Comparison: Codable, Equatable {
  /// The machine's peak rates on a number of threads, in GFLOP/s.
  struct Rate: Codable, Equatable {
    var threads: Int
    /// Fused multiply-adds in registers.
    var peak: Double?
    /// Matrix products of OpenBLAS.
    var sgemm: Double?
  }

  /// One pass of one shape, by every implementation that can do it.
  struct Cell: Codable, Equatable {
    /// The shape file that it comes from, or the name of the group.
    var suite: String
    var name: String
    /// A descriptor in benchdnn's syntax where it is a convolution; for a network its name.
    var shape = ""
    /// `convolution`, `maximum-pooling`, `training`, `inference` and so on.
    var operation = "convolution"
    /// `FWD_B`, `BWD_D`, `BWD_W`; `STEP` for a training.
    var direction: String
    /// The number of images.
    var batch = 1
    var threads = 1
    var groups = 1
    /// How often the network has this layer.
    var occurrences = 1
    /// The multiplications and additions of one run; 0 where they are no measure of the work.
    var operations = 0.0
    /// For each implementation its rounds: each the fastest of that round's runs. Round i of all of them was measured
    /// side by side.
    var seconds: [String: [Double]]
    /// For each implementation the seconds of every run, where they were kept.
    var samples: [String: [Double]]?
    /// A note about an implementation: `batch 1`.
    var notes: [String: String]?
    /// The operations of an implementation that ran fewer images than the others.
    var operationsOf: [String: Double]?
  }

  /// The peak of resident memory, in bytes, for each implementation.
  struct Memory: Codable, Equatable {
    var name: String
    var direction: String
    /// The number of images.
    var batch: Int?
    var threads: Int
    var bytes: [String: Double]
  }

  var machine: MachineDescription?
  /// ISO 8601.
  var date: String?
  /// The versions of the implementations: `"pytorch": "2.15.0"`.
  var versions: [String: String] = [:]
  var rates: [Rate] = []
  var cells: [Cell]
  var memory: [Memory] = []
  /// Why the rates are lower than the machine's, a sentence each.
  var doubts: [String]?
}

// Absent fields have their default values. The synthesised `init(from:)` would require all of them.

extension Comparison {
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    machine = try values.decodeIfPresent(MachineDescription.self, forKey: .machine)
    date = try values.decodeIfPresent(String.self, forKey: .date)
    versions = try values.decodeIfPresent([String: String?].self, forKey: .versions)?.compactMapValues { $0 } ?? [:]
    rates = try values.decodeIfPresent([Rate].self, forKey: .rates) ?? []
    cells = try values.decode([Cell].self, forKey: .cells)
    memory = try values.decodeIfPresent([Memory].self, forKey: .memory) ?? []
    doubts = try values.decodeIfPresent([String].self, forKey: .doubts)
  }
}

extension Comparison.Cell {
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    direction = try values.decode(String.self, forKey: .direction)
    let prefix = name.prefix { $0 != ":" }
    suite = try values.decodeIfPresent(String.self, forKey: .suite) ?? String(prefix)
    shape = try values.decodeIfPresent(String.self, forKey: .shape) ?? ""
    operation = try values.decodeIfPresent(String.self, forKey: .operation) ?? "convolution"
    batch = try values.decodeIfPresent(Int.self, forKey: .batch) ?? 1
    threads = try values.decodeIfPresent(Int.self, forKey: .threads) ?? 1
    groups = try values.decodeIfPresent(Int.self, forKey: .groups) ?? 1
    occurrences = try values.decodeIfPresent(Int.self, forKey: .occurrences) ?? 1
    operations = try values.decodeIfPresent(Double.self, forKey: .operations) ?? 0
    // A round that failed is null: the others keep their places beside each other.
    seconds = try values.decode([String: [Double?]?].self, forKey: .seconds).compactMapValues { rounds in
      rounds?.map { $0 ?? .nan }
    }
    samples = try values.decodeIfPresent([String: [Double]].self, forKey: .samples)
    notes = try values.decodeIfPresent([String: String].self, forKey: .notes)
    operationsOf = try values.decodeIfPresent([String: Double].self, forKey: .operationsOf)
  }
}
