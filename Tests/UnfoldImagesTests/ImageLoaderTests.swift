import Foundation
import Testing

@testable import UnfoldImages

struct ImageLoaderTests {
  private func options(_ change: (inout ImageLoaderOptions) -> Void = { _ in }) -> ImageLoaderOptions {
    var options = ImageLoaderOptions(size: ImageSize(height: 12, width: 10))
    options.batchSize = 5
    options.recipe = .imagenetWideTraining
    options.normalization = .imagenet
    options.seed = 11
    change(&options)
    return options
  }

  private func folder() throws -> (TemporaryFolder, ClassFolders) {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 8)
    return (folder, try ClassFolders(path: folder.path))
  }

  /// All batches of some epochs.
  private func epochs(
    _ images: any ImageDataSet, _ options: ImageLoaderOptions, _ epochs: ClosedRange<Int> = 1...3
  ) throws -> [ImageBatch] {
    let loader = try ImageLoader(images, options: options)
    return try epochs.flatMap { epoch in try (0..<loader.batchCount).map { try loader.batch($0, epoch: epoch) } }
  }

  @Test("the same bits for any number of threads and of batches ahead", arguments: [1, 2, 3, 8])
  func threads(_ threads: Int) throws {
    let (folder, images) = try folder()
    let expected = try epochs(
      images,
      options {
        $0.threads = 1; $0.batchesAhead = 0
      })
    #expect(expected.count == 12)
    #expect(Set(expected).count == 12)
    for ahead in [0, 1, 2, 7] {
      #expect(
        try epochs(
          images,
          options {
            $0.threads = threads; $0.batchesAhead = ahead
          }) == expected)
    }
    withExtendedLifetime(folder) {}
  }

  @Test("reading begins anywhere, and jumps")
  func middle() throws {
    let (folder, images) = try folder()
    let expected = try epochs(images, options())
    let loader = try ImageLoader(images, options: options())
    for (epoch, index) in [(2, 2), (2, 3), (3, 0), (1, 1), (1, 1), (3, 3), (1, 0), (1, 3), (2, 0)] {
      #expect(
        try loader.batch(index, epoch: epoch) == expected[(epoch - 1) * 4 + index], "epoch \(epoch), batch \(index)")
    }
    withExtendedLifetime(folder) {}
  }

  @Test("several callers at once have their batches")
  func callers() async throws {
    let (folder, images) = try folder()
    let expected = try epochs(images, options())
    let loader = try ImageLoader(images, options: options())
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let (epoch, index) = (number / 4 % 3 + 1, number % 4)
          return try loader.batch(index, epoch: epoch) == expected[(epoch - 1) * 4 + index]
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
    withExtendedLifetime(folder) {}
  }

  @Test("an epoch has each image once, in an order of its own")
  func order() throws {
    let (folder, images) = try folder()
    let plain = options { $0.recipe = .none }
    let labels = try epochs(images, plain).map(\.labels)
    #expect(labels.map(\.count) == [5, 5, 5, 1, 5, 5, 5, 1, 5, 5, 5, 1])
    for epoch in 0..<3 { #expect(labels[epoch * 4..<epoch * 4 + 4].joined().count { $0 == 0 } == 8) }
    let all = try epochs(images, plain).map { $0.samples }
    func samples(_ epoch: Int) -> [[Float]] {
      let values = Array(all[epoch * 4..<epoch * 4 + 4].joined())
      return stride(from: 0, to: values.count, by: 360).map { Array(values[$0..<$0 + 360]) }
    }
    #expect(samples(0) != samples(1))
    let sorted = { (samples: [[Float]]) in samples.sorted { $0.lexicographicallyPrecedes($1) } }
    #expect(sorted(samples(0)) == sorted(samples(1)))
    let fixed = try epochs(
      images,
      options {
        $0.recipe = .none; $0.shuffles = false
      })
    #expect(fixed[0] == fixed[4])
    #expect(fixed[0].labels == [0, 0, 0, 0, 0])
    // Without recipe and shuffling, a sample is the resized image.
    let first = try Fixtures.image("jpeg-420.jpg").resized(height: 12, width: 10, filter: .bilinear)
    let values = zip(first.pixels, fixed[0].samples).map { pixel, value in (pixel, value) }
    for (place, (pixel, value)) in values.enumerated() {
      let channel = place % 3
      let expected =
        (Double(pixel) / 255 - ChannelNormalization.imagenet.mean[channel])
        / ChannelNormalization.imagenet.standardDeviation[channel]
      #expect(abs(Double(value) - expected) < 1e-5)
    }
    withExtendedLifetime(folder) {}
  }

  @Test("a cache changes nothing but the files that are read")
  func cache() throws {
    let (folder, images) = try folder()
    let whole = options { $0.recipe.allowsScaledDecoding = false }
    let expected = try epochs(images, whole)
    for bytes in [1, 20_000, 1 << 30] {
      #expect(try epochs(images, options { $0.cacheBytes = bytes }) == expected, "\(bytes)")
    }
    // With everything in the cache, the files are not needed any more.
    let loader = try ImageLoader(
      images,
      options: options {
        $0.cacheBytes = 1 << 30; $0.continuesWithNextEpoch = false
      })
    for index in 0..<4 { _ = try loader.batch(index, epoch: 1) }
    try FileManager.default.removeItem(atPath: folder.path)
    #expect(try loader.batch(2, epoch: 3) == expected[10])
  }

  @Test("grey, and values from 0 to 1 without normalisation")
  func grey() throws {
    let (folder, images) = try folder()
    let batches = try epochs(
      images,
      options {
        $0.mode = .grey; $0.normalization = nil; $0.recipe = .none; $0.shuffles = false
      })
    #expect(batches[0].samples.count == 5 * 120)
    let first = try Fixtures.image("jpeg-420.jpg").grey.resized(height: 12, width: 10, filter: .bilinear)
    #expect(Array(batches[0].samples.prefix(120)) == first.pixels.map { Float($0) / 255 })
    withExtendedLifetime(folder) {}
  }

  @Test("a damaged image stops with its name, or another takes its place")
  func damaged() throws {
    let (folder, _) = try folder()
    try folder.write(Array(Fixtures.bytes("images/jpeg-420.jpg").prefix(800)), to: "cat/3.jpg")
    let images = try ClassFolders(path: folder.path)
    let plain = options {
      $0.recipe = .none; $0.shuffles = false
    }
    let loader = try ImageLoader(images, options: plain)
    #expect {
      try loader.batch(0, epoch: 1)
    } throws: { error in
      "\(error)".hasPrefix("\(folder.path)/cat/3.jpg: damaged JPEG image")
    }
    #expect(throws: Never.self) { try loader.batch(1, epoch: 1) }
    for threads in [1, 3] {
      let skipping = try ImageLoader(
        images,
        options: options {
          $0.recipe = .none; $0.shuffles = false; $0.onBadImage = .skip; $0.threads = threads
        })
      let batch = try skipping.batch(0, epoch: 1)
      #expect(batch.labels.count == 5)
      #expect(batch.samples[3 * 360..<4 * 360].elementsEqual(batch.samples[4 * 360..<5 * 360]))
      #expect(skipping.skipped.count == 1)
    }
    for name in images.files { try folder.write([0xff, 0xd8, 0xff, 0], to: name) }
    let none = try ImageLoader(images, options: options { $0.onBadImage = .skip })
    #expect(throws: ImageError.self) { try none.batch(0, epoch: 1) }
  }

  @Test("memory of the caller is filled")
  func fill() throws {
    let (folder, images) = try folder()
    let loader = try ImageLoader(images, options: options())
    let expected = try loader.batch(3, epoch: 1)
    #expect(loader.count(ofBatch: 3) == 1)
    #expect(loader.sampleCount == 360)
    var labels: [Int] = []
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 360)
    defer { memory.deallocate() }
    memory.initialize(repeating: .nan)
    try loader.fill(3, epoch: 1, samples: memory, labels: &labels)
    #expect(Array(memory) == expected.samples)
    #expect(labels == expected.labels)
    #expect(throws: ImageError.self) { try loader.fill(0, epoch: 1, samples: memory, labels: &labels) }
    #expect(loader.secondsWaited > 0)
    withExtendedLifetime(folder) {}
  }

  @Test("impossible options are errors")
  func errors() throws {
    let (folder, images) = try folder()
    let changes: [(inout ImageLoaderOptions) -> Void] = [
      { $0.batchSize = 0 }, { $0.threads = 0 }, { $0.threads = 1000 }, { $0.batchesAhead = -1 }, { $0.mode = .grey },
      { $0.size.height = 0 }, { $0.cacheBytes = -1 }, { $0.pixelLimit = 0 },
      {
        $0.size = ImageSize(height: 65_535, width: 65_535); $0.batchSize = 1000
      },
    ]
    for (number, change) in changes.enumerated() {
      #expect(throws: ImageError.self, "change \(number)") { try ImageLoader(images, options: options(change)) }
    }
    #expect(throws: ImageError.noImages(path: "data")) {
      try ImageLoader(ImageSubset(images, indices: []), options: options())
    }
    let loader = try ImageLoader(images, options: options())
    for index in [-1, 4] {
      #expect(throws: ImageError.invalidArgument(name: "batch", expected: "0 to 3", found: "\(index)")) {
        try loader.batch(index, epoch: 1)
      }
    }
    withExtendedLifetime(folder) {}
  }
}
