/// Images of CIFAR-10 or CIFAR-100 in its binary version: 32x32 pixels in colour (Krizhevsky, "Learning multiple layers
/// of features from tiny images", 2009).
///
/// A record is one label (CIFAR-10) or a coarse and a fine label (CIFAR-100), then 1,024 bytes each of red, green and
/// blue. Of CIFAR-100, the fine labels are used. All records are kept in memory, 3 KB an image.
public struct CIFARImages: ImageDataSet {
  private static let side = 32
  private static let pixels = 3 * side * side

  public let classNames: [String]
  /// The files, in order.
  public let paths: [String]
  private let records: [[UInt8]]
  /// The number of the first image of each file, and the number of all.
  private let starts: [Int]
  private let labelBytes: Int

  /// Reads files of one data set.
  ///
  /// - Parameters:
  ///   - paths: The files, in order.
  ///   - classNames: 10 names or 100 names, which decide how many labels a record has.
  /// - Throws: ``ImageError`` for another number of names, files that cannot be read, with a part of a record, or with
  ///   a label that is not the number of a class.
  public init(paths: [String], classNames: [String]) throws(ImageError) {
    guard classNames.count == 10 || classNames.count == 100 else {
      throw .invalidArgument(name: "classes", expected: "10 or 100 names", found: "\(classNames.count)")
    }
    labelBytes = classNames.count == 10 ? 1 : 2
    let size = labelBytes + Self.pixels
    var records: [[UInt8]] = []
    var starts = [0]
    for path in paths {
      let bytes = try InputFile(path: path).bytes()
      guard !bytes.isEmpty, bytes.count % size == 0 else {
        throw .malformed(path: path, field: "length", expected: "records of \(size) bytes", found: "\(bytes.count)")
      }
      for place in stride(from: labelBytes - 1, to: bytes.count, by: size) where bytes[place] >= classNames.count {
        throw .malformed(
          path: path, field: "label of record \(place / size)", expected: "0 to \(classNames.count - 1)",
          found: "\(bytes[place])")
      }
      records.append(bytes)
      starts.append((starts.last ?? 0) + bytes.count / size)
    }
    self.paths = paths
    self.classNames = classNames
    self.records = records
    self.starts = starts
  }

  public var count: Int { starts.last ?? 0 }
  public func name(of index: Int) -> String {
    let (file, place) = place(of: index)
    return "\(paths[file]), image \(place)"
  }
  public func stableName(of index: Int) -> String { "\(index)" }
  public func label(of index: Int) -> Int {
    let (file, place) = place(of: index)
    return Int(records[file][place * (labelBytes + Self.pixels) + labelBytes - 1])
  }

  public func content(of index: Int) -> ImageContent {
    let (file, place) = place(of: index)
    let plane = Self.side * Self.side
    let start = place * (labelBytes + Self.pixels) + labelBytes
    return .decoded(
      RasterImage(height: Self.side, width: Self.side, channels: 3) { target in
        records[file].withUnsafeBufferPointer { bytes in
          for pixel in 0..<plane {
            for channel in 0..<3 { target[3 * pixel + channel] = bytes[start + channel * plane + pixel] }
          }
        }
      })
  }

  /// The file of an image, and its place there.
  private func place(of index: Int) -> (Int, Int) {
    let file = (starts.firstIndex { $0 > index } ?? 1) - 1
    return (file, index - starts[file])
  }
}

extension CIFARImages {
  /// The classes of CIFAR-10.
  public static let cifar10Classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// The data of a folder with the files of CIFAR-10 or CIFAR-100; nil for another folder.
  ///
  /// - Throws: ``ImageError``, as the initialiser, and for a missing file.
  static func split(folder: String, names: Set<String>) throws(ImageError) -> ImageSplit? {
    let (training, test, classes): ([String], String, [String])
    if names.contains("data_batch_1.bin") {
      training = (1...5).map { "data_batch_\($0).bin" }
      (test, classes) = ("test_batch.bin", cifar10Classes)
    } else if names.isSuperset(of: ["train.bin", "test.bin", "fine_label_names.txt"]) {
      (training, test) = (["train.bin"], "test.bin")
      let text = String(decoding: try InputFile(path: "\(folder)/fine_label_names.txt").bytes(), as: UTF8.self)
      classes = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
      guard classes.count == 100 else {
        throw .malformed(
          path: "\(folder)/fine_label_names.txt", field: "names", expected: "100 lines", found: "\(classes.count)")
      }
    } else {
      return nil
    }
    return try ImageSplit(
      training: CIFARImages(paths: training.map { "\(folder)/\($0)" }, classNames: classes),
      validation: CIFARImages(paths: ["\(folder)/\(test)"], classNames: classes), path: folder)
  }
}
