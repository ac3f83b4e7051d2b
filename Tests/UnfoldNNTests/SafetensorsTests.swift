import Foundation
import Testing
import Unfold

@testable import UnfoldNN

/// A directory of its own that is removed at the end.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "unfold-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// A file of these bytes: length, header, data.
func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
  let json = Array(header.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + data
}

@Suite struct SafetensorsTests {
  private func sample() throws -> SafetensorsFile {
    var file = SafetensorsFile()
    file.metadata = ["model": "lenet", "note": "quotes \" and / and é"]
    try file.append("fc1.weight", Tensor<Float>([1, -2, 3.5, 0, 5, 6], shape: [2, 3]))
    try file.append("fc1.bias", Tensor<Float>([0.25, 0.5], shape: [2]))
    try file.append("mean", Tensor<Double>([1.0 / 3], shape: [1]))
    try file.append("scalar", Tensor<Float>([7], shape: []))
    try file.append("empty", Tensor<Float>([], shape: [0, 4]))
    return file
  }

  @Test func whatIsWrittenIsRead() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("model.safetensors")
    try sample().write(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["model": "lenet", "note": "quotes \" and / and é"])
    #expect(file.names == ["empty", "fc1.bias", "fc1.weight", "mean", "scalar"])
    #expect(try file.tensor("fc1.weight") == Tensor<Float>([1, -2, 3.5, 0, 5, 6], shape: [2, 3]))
    #expect(try file.tensor("fc1.bias") == Tensor<Float>([0.25, 0.5], shape: [2]))
    #expect(try file.tensor("mean") == Tensor<Double>([1.0 / 3], shape: [1]))
    #expect(try file.tensor("scalar") == Tensor<Float>([7], shape: []))
    #expect(try file.tensor("empty") == Tensor<Float>([], shape: [0, 4]))
    #expect(file.shape(of: "fc1.weight") == [2, 3])
    #expect(file.shape(of: "fc2.weight") == nil)
  }

  @Test func bytesAreThoseOfTheSpecification() throws {
    var file = SafetensorsFile()
    try file.append("b", Tensor<Float>([1, -2], shape: [2]))
    let header = #"{"b":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}  "#
    #expect(try file.bytes() == safetensors(header, data: [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]))
  }

  @Test func malformedHeadersAreNamed() throws {
    let f32 = #""dtype":"F32","shape""#
    let cases: [(String, [UInt8], (ModelFileError) -> Bool)] = [
      ("", [], { if case .foreign = $0 { true } else { false } }),
      ("[]", [], { if case .foreign = $0 { true } else { false } }),
      (" {}", [], { if case .foreign = $0 { true } else { false } }),
      ("{}", [0], { if case .foreign = $0 { true } else { false } }),
      (#"{"a":1}"#, [], { if case .foreign = $0 { true } else { false } }),
      (#"{"a":{\#(f32):[1]}}"#, [], { if case .foreign = $0 { true } else { false } }),
      (#"{"__metadata__":{"a":1}}"#, [], { if case .foreign = $0 { true } else { false } }),
      (
        #"{"a":{\#(f32):[1.5],"data_offsets":[0,4]}}"#, [0, 0, 0, 0], { if case .foreign = $0 { true } else { false } }
      ),
      (#"{"a":{\#(f32):[1],"data_offsets":[0,1e30]}}"#, [], { if case .foreign = $0 { true } else { false } }),
      (
        #"{"a":{\#(f32):[1],"data_offsets":[0]}}"#, [], { if case .invalidOffsets("a", _) = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[1],"data_offsets":[4,0]}}"#, [0, 0, 0, 0],
        { if case .invalidOffsets("a", _) = $0 { true } else { false } }
      ),
      (#"{"a":{\#(f32):[1],"data_offsets":[-4,0]}}"#, [], { if case .foreign = $0 { true } else { false } }),
      (
        #"{"a":{\#(f32):[2],"data_offsets":[0,4]}}"#, [0, 0, 0, 0],
        { if case .invalidOffsets("a", _) = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[-1,-1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0],
        { if case .foreign = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[4611686018427387904,4],"data_offsets":[0,0]}}"#, [],
        { if case .invalidOffsets("a", _) = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[1],"data_offsets":[0,4]},"b":{\#(f32):[1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0],
        { if case .invalidOffsets("b", _) = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[1],"data_offsets":[4,8]}}"#, [0, 0, 0, 0, 0, 0, 0, 0],
        { if case .invalidOffsets("a", _) = $0 { true } else { false } }
      ),
      (
        #"{"a":{\#(f32):[2],"data_offsets":[0,8]}}"#, [0, 0, 0, 0],
        { $0 == .truncated(expectedBytes: 8, foundBytes: 4) }
      ),
    ]
    for (header, data, isExpected) in cases {
      let bytes = safetensors(header, data: data)
      #expect { try SafetensorsFile(bytes: bytes) } throws: { error in
        guard let error = error as? ModelFileError, isExpected(error) else {
          Issue.record("\(header): \(error)")
          return false
        }
        return true
      }
    }
  }

  @Test func lengthsBeyondTheFileOrTheLimitAreNamed() throws {
    #expect(throws: ModelFileError.headerTooLong(bytes: .max, limit: 100_000_000)) {
      try SafetensorsFile(bytes: [UInt8](repeating: 255, count: 8))
    }
    #expect(throws: ModelFileError.headerTooLong(bytes: 100_000_001, limit: 100_000_000)) {
      try SafetensorsFile(bytes: (0..<8).map { UInt8(truncatingIfNeeded: 100_000_001 >> (8 * $0)) })
    }
    #expect(throws: ModelFileError.truncated(expectedBytes: 10, foundBytes: 9)) {
      try SafetensorsFile(bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0x7b])
    }
  }

  @Test func elementsMustBeOfTheTypeAskedForAndFinite() throws {
    let file = try sample()
    #expect(throws: ModelFileError.wrongType(tensor: "mean", expected: "F32 or F16 or BF16", found: "F64")) {
      try file.tensor("mean", of: Float.self)
    }
    #expect(throws: ModelFileError.missingTensor("fc9.bias")) { try file.tensor("fc9.bias", of: Float.self) }
    let infinite = safetensors(
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: [0, 0, 0, 0, 0, 0, 0x80, 0x7f])
    #expect(throws: ModelFileError.nonFiniteValue(tensor: "a", index: 1)) {
      try SafetensorsFile(bytes: infinite).tensor("a", of: Float.self)
    }
    var other = SafetensorsFile()
    #expect(throws: ModelFileError.nonFiniteValue(tensor: "a", index: 0)) {
      try other.append("a", Tensor<Float>([.nan], shape: [1]))
    }
    try other.append("a", Tensor<Float>([1], shape: [1]))
    #expect(throws: ModelFileError.unexpectedTensor("a")) { try other.append("a", Tensor<Float>([1], shape: [1])) }
  }

  /// Whatever the bytes, the reader throws or returns tensors; it does not trap.
  private func read(_ bytes: [UInt8]) throws {
    let file = try SafetensorsFile(bytes: bytes)
    for name in file.names {
      _ = try? file.tensor(name, of: Float.self)
      _ = try? file.tensor(name, of: Double.self)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try sample().bytes()
    let directory = try TemporaryDirectory()
    let path = directory.file("short.safetensors")
    for length in 0..<bytes.count {
      #expect(throws: ModelFileError.self, "\(length) bytes") { try read(Array(bytes[..<length])) }
      try Data(bytes[..<length]).write(to: URL(filePath: path))
      #expect(throws: ModelFileError.self, "\(length) bytes on disk") { try SafetensorsFile(path: path) }
    }
    try read(bytes)
  }

  @Test func flippedBitsNeverTrap() throws {
    let bytes = try sample().bytes()
    var generator = SeededGenerator(seed: 20)
    var refused = 0
    for _ in 0..<20_000 {
      var damaged = bytes
      for _ in 0..<generator.integer(in: 1...3) {
        damaged[generator.integer(in: 0...bytes.count - 1)] ^= 1 << UInt8(generator.integer(in: 0...7))
      }
      do { try read(damaged) } catch is ModelFileError { refused += 1 }
    }
    // Most of the file is header, in which nearly every bit matters.
    #expect(refused > 10_000)
  }
}
