import Testing
import UnfoldReference

@testable import Unfold

/// Transforms of filters against exact permutations, the definition, and the laws of linear maps.
@Suite struct FilterTransformTests {
  static let windows: [Extent] = [1, 2, 3, 5, Extent(1, 4), Extent(3, 5), Extent(6, 2)]

  static let transforms: [(name: String, transform: FilterTransform)] = {
    var transforms: [(String, FilterTransform)] = []
    func add(_ name: String, _ make: () throws -> FilterTransform) {
      do { transforms.append((name, try make())) } catch { Issue.record("\(name): \(error)") }
    }
    for window in windows {
      add("identity \(window)") { try .identity(of: window) }
      for degrees in [0, 17.5, 30, 45, 90, 135, 180, -60, 270, 359, 3600] {
        add("rotation \(degrees) \(window)") { try .rotation(of: window, degrees: degrees) }
      }
      for factor in [0.5, 0.8, 1, 1.5, 2, -1] {
        add("scaling \(factor) \(window)") { try .scaling(of: window, height: factor) }
        add("scaling 1, \(factor) \(window)") { try .scaling(of: window, height: 1, width: factor) }
      }
      for symmetry in Symmetry.allCases {
        add("\(symmetry) \(window)") { try .symmetry(symmetry, of: window) }
      }
      add("shear \(window)") {
        try .affine(from: window, to: Extent(4, 3), rows: (1, 0.3), columns: (-0.2, 0.9))
      }
    }
    add("by hand") {
      try FilterTransform(
        from: Extent(2, 3), to: Extent(1, 2),
        entries: [
          .init(target: 1, source: 5, weight: 2), .init(target: 0, source: 0, weight: -1),
          .init(target: 1, source: 5, weight: 0.5), .init(target: 1, source: 2, weight: 0),
        ])
    }
    add("nothing") { try FilterTransform(from: 2, to: 3, entries: []) }
    return transforms
  }()

  private func filterShape(_ window: Extent, _ channels: Int = 3, _ filters: Int = 5) -> Shape {
    [window.height, window.width, channels, filters]
  }

  @Test func entriesByHand() throws {
    let transform = try FilterTransform(
      from: Extent(1, 2), to: Extent(2, 1),
      entries: [
        .init(target: 1, source: 0, weight: 2), .init(target: 0, source: 1, weight: 1),
        .init(target: 1, source: 0, weight: 3), .init(target: 0, source: 0, weight: 0),
      ])
    #expect(
      transform.entries == [.init(target: 0, source: 1, weight: 1), .init(target: 1, source: 0, weight: 5)])
    let filter = try Tensor<Float>([1, 2, 3, 4], shape: [1, 2, 1, 2])
    #expect(try transform.forward(filter).elements == [3, 4, 5, 10])
    let gradient = try Tensor<Float>([1, 2, 3, 4], shape: [2, 1, 1, 2])
    #expect(try transform.filterGradient(gradient).elements == [15, 20, 1, 2])
  }

  /// A filter is an image of one batch whose channels are all C K elements of a tap.
  @Test func quarterTurnsAndReflectionsAreExact() throws {
    var generator = SeededGenerator(seed: 91)
    for window in Self.windows {
      let filter: Tensor<Float> = try Tensor(random: filterShape(window), &generator)
      let image = try filter.reshaped(to: [1, window.height, window.width, 15])
      for symmetry in Symmetry.allCases {
        let moved = try symmetry.forward(image)
        let expected = try moved.reshaped(to: filterShape(Extent(moved.shape[1], moved.shape[2])))
        let transform = try FilterTransform.symmetry(symmetry, of: window)
        #expect(try transform.forward(filter) == expected, "\(symmetry) \(window)")
        #expect(try transform.filterGradient(expected) == filter, "\(symmetry) \(window)")
      }
      guard window.height == window.width else { continue }
      let turns: [(Double, Symmetry)] = [
        (0, .identity), (90, .rotation90), (180, .rotation180), (270, .rotation270), (-90, .rotation270),
        (360, .identity), (450, .rotation90), (-720, .identity), (-180, .rotation180),
      ]
      for (degrees, symmetry) in turns {
        #expect(
          try FilterTransform.rotation(of: window, degrees: degrees) == .symmetry(symmetry, of: window),
          "\(degrees) \(window)")
      }
      #expect(try FilterTransform.scaling(of: window, height: -1) == .symmetry(.rotation180, of: window))
      #expect(
        try FilterTransform.scaling(of: window, height: 1, width: -1) == .symmetry(.horizontalReflection, of: window))
    }
  }

  @Test func rotationByItsDefinition() throws {
    var generator = SeededGenerator(seed: 92)
    for window in Self.windows {
      let filter: Tensor<Double> = try Tensor(random: filterShape(window), &generator)
      for degrees in stride(from: -400.0, through: 400, by: 12.5) {
        let rotated = try FilterTransform.rotation(of: window, degrees: degrees).forward(filter)
        let expected = try ReferenceFilterTransform.rotation(of: window, degrees: degrees).forward(filter)
        #expect(rotated.largestDifference(to: expected) < 1e-9, "\(degrees) \(window)")
      }
    }
  }

  @Test func scalingByHand() throws {
    let filter = try Tensor<Double>([0, 1, 2, 3, 4], shape: [1, 5, 1, 1])
    let twice = try FilterTransform.scaling(of: Extent(1, 5), height: 1, width: 2)
    #expect(try twice.forward(filter).elements == [1, 1.5, 2, 2.5, 3])
    let half = try FilterTransform.scaling(of: Extent(1, 5), height: 1, width: 0.5)
    #expect(try half.forward(filter).elements == [0, 0, 2, 4, 0])
  }

  @Test func referenceInFloat() throws { try checkReference(Float.self, within: 1e-6) }
  @Test func referenceInDouble() throws { try checkReference(Double.self, within: 1e-14) }

  private func checkReference<Scalar: TensorScalar>(_ type: Scalar.Type, within bound: Double) throws {
    var generator = SeededGenerator(seed: 93)
    for (name, transform) in Self.transforms {
      for (channels, filters) in [(1, 1), (3, 5), (19, 31)] {
        let filter: Tensor<Scalar> = try Tensor(random: filterShape(transform.source, channels, filters), &generator)
        let dy: Tensor<Scalar> = try Tensor(random: filterShape(transform.target, channels, filters), &generator)
        var output: Tensor<Scalar> = try .poisoned(dy.shape)
        var gradient: Tensor<Scalar> = try .poisoned(filter.shape)
        try transform.forward(filter, into: &output)
        try transform.filterGradient(dy, into: &gradient)
        let expected = try transform.reference.forward(filter)
        let expectedGradient = try transform.reference.filterGradient(dy)
        #expect(output.largestDifference(to: expected) <= bound, "\(name)")
        #expect(gradient.largestDifference(to: expectedGradient) <= bound, "\(name)")

        var sum = filter
        try transform.filterGradient(dy, into: &sum, accumulating: true)
        let both = try Addition.identity.forward(filter, gradient)
        #expect(sum.largestDifference(to: both) <= bound, "\(name), accumulating")
      }
    }
  }

  /// <T w, v> = <w, T' v>, and the transposed map is a map like any other.
  @Test func transposeIdentity() throws {
    var generator = SeededGenerator(seed: 94)
    for (name, transform) in Self.transforms {
      let w: Tensor<Double> = try Tensor(random: filterShape(transform.source), &generator)
      let v: Tensor<Double> = try Tensor(random: filterShape(transform.target), &generator)
      let gradient = try transform.filterGradient(v)
      let left = zip(try transform.forward(w).elements, v.elements).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(w.elements, gradient.elements).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right) < 1e-12 * Double(w.count + v.count), "\(name)")
      #expect(try transform.transposed.forward(v).hasSameBits(as: gradient), "\(name)")
      #expect(transform.transposed.transposed == transform, "\(name)")
      let entries = transform.transposed.entries
      #expect(
        try FilterTransform(from: transform.target, to: transform.source, entries: entries) == transform.transposed,
        "\(name)")
    }
  }

  @Test func finiteDifferences() throws {
    var generator = SeededGenerator(seed: 95)
    for (name, transform) in Self.transforms where transform.source == 3 || transform.source == Extent(3, 5) {
      let filter: Tensor<Double> = try Tensor(random: filterShape(transform.source, 2, 1), &generator)
      let weights: Tensor<Double> = try Tensor(random: filterShape(transform.target, 2, 1), &generator)
      try expectDerivative(try transform.filterGradient(weights), of: filter, weights: weights, name) {
        try transform.forward($0)
      }
    }
  }

  @Test func composition() throws {
    var generator = SeededGenerator(seed: 96)
    for (name, first) in Self.transforms {
      let filter: Tensor<Double> = try Tensor(random: filterShape(first.source), &generator)
      for next in [
        try FilterTransform.rotation(of: first.target, degrees: 33), try .symmetry(.transposition, of: first.target),
        try .affine(from: first.target, to: Extent(2, 5), rows: (1.5, 0), columns: (0.25, 0.5)),
      ] {
        let both = try first.followed(by: next)
        #expect(both.source == first.source && both.target == next.target, "\(name)")
        let expected = try next.forward(first.forward(filter))
        #expect(try both.forward(filter).largestDifference(to: expected) < 1e-14, "\(name)")
      }
      #expect(try first.followed(by: .identity(of: first.target)) == first, "\(name)")
      #expect(try FilterTransform.identity(of: first.source).followed(by: first) == first, "\(name)")
    }
    let quarter = try FilterTransform.rotation(of: 5, degrees: 90)
    #expect(try quarter.followed(by: quarter) == .rotation(of: 5, degrees: 180))
    #expect(quarter.transposed == (try .rotation(of: 5, degrees: -90)))
  }

  @Test func threadsChangeNothing() throws {
    var generator = SeededGenerator(seed: 97)
    let transform = try FilterTransform.rotation(of: 5, degrees: 20)
    let filter: Tensor<Float> = try Tensor(random: filterShape(5, 67, 130), &generator)
    try expectSameBitsForAllThreads("rotation") { context in
      let output = try transform.forward(filter, context: context)
      var sum = filter
      try transform.filterGradient(output, into: &sum, accumulating: true, context: context)
      return [output, sum, try transform.filterGradient(output, context: context)]
    }
  }

  @Test func badArguments() throws {
    expectRefusal("height of the source window") { _ = try FilterTransform(from: 0, to: 1, entries: []) }
    expectRefusal("width of the target window") { _ = try FilterTransform(from: 1, to: Extent(1, -1), entries: []) }
    expectRefusal("taps of the source window") {
      _ = try FilterTransform(from: Extent(1 << 20, 1 << 20), to: 1, entries: [])
    }
    expectRefusal("target tap") {
      _ = try FilterTransform(from: 3, to: 2, entries: [.init(target: 4, source: 0, weight: 1)])
    }
    expectRefusal("source tap") {
      _ = try FilterTransform(from: 3, to: 2, entries: [.init(target: 0, source: 9, weight: 1)])
    }
    expectRefusal("source tap") {
      _ = try FilterTransform(from: 3, to: 2, entries: [.init(target: 0, source: -1, weight: 1)])
    }
    expectRefusal("weight of a tap") {
      _ = try FilterTransform(from: 3, to: 2, entries: [.init(target: 0, source: 0, weight: .infinity)])
    }
    for degrees in [Double.nan, .infinity, 1e300] {
      expectRefusal("degrees") { _ = try FilterTransform.rotation(of: 3, degrees: degrees) }
    }
    for factor in [0, Double.nan, .infinity] {
      expectRefusal("factor of the height") { _ = try FilterTransform.scaling(of: 3, height: factor, width: 1) }
      expectRefusal("factor of the width") { _ = try FilterTransform.scaling(of: 3, height: 1, width: factor) }
    }
    expectRefusal("coefficient of the map") {
      _ = try FilterTransform.affine(from: 3, to: 3, rows: (.nan, 0), columns: (0, 1))
    }
    expectRefusal("height of the target window") {
      _ = try FilterTransform.affine(from: 3, to: 0, rows: (1, 0), columns: (0, 1))
    }
    let transform = try FilterTransform.symmetry(.transposition, of: Extent(2, 3))
    expectRefusal("source window of the next transform") { _ = try transform.followed(by: transform) }
    let (w, v) = (try Tensor<Float>(zeros: [2, 3, 4, 5]), try Tensor<Float>(zeros: [3, 2, 4, 5]))
    var (x, y) = (w, v)
    expectRefusal("filter") { _ = try transform.forward(v) }
    expectRefusal("filter") { _ = try transform.forward(w.reshaped(to: [6, 20])) }
    expectRefusal("transformed filter") { try transform.forward(w, into: &x) }
    expectRefusal("gradient of the transformed filter") { _ = try transform.filterGradient(w) }
    expectRefusal("filter gradient") { try transform.filterGradient(v, into: &y) }
  }
}
