/// The positions of the boxes of an acyclic graph: layer by layer from top to bottom, so that every edge leads down.
///
/// A layered drawing after Sugiyama, Tagawa and Toda (1981). A box's layer is the longest path to it. An edge over
/// several layers passes each of them in a place of its own, its *lane*, so that it runs through no box. Boxes that
/// follow each other are one *column part*, straight from top to bottom: the longest path first, then the longest of
/// what is left, then the lanes. Each part takes the free place nearest to the middle of what it is tied to.
struct LayeredLayout {
  typealias Edge = BoxGraph.Edge

  /// A straight piece of the drawing: boxes below each other, or the lane of an edge.
  struct Part: Equatable {
    /// Empty for a lane.
    var boxes: [Int]
    /// The edge of a lane.
    var edge: Int?
    /// The layers that it takes.
    var layers: ClosedRange<Int>
    /// Its place beside the others, 0 for the longest path, below 0 to the left.
    var place = 0
  }

  /// The layer of each box.
  let layers: [Int]
  private(set) var parts: [Part] = []

  /// - Parameter boxes: Their number; edges lead from one box to another, and in no circle.
  init(boxes: Int, edges: [Edge]) {
    layers = Self.layers(boxes, edges)
    parts = Self.paths(layers, edges)
    for (index, edge) in edges.enumerated() where layers[edge.target] - layers[edge.source] > 1 {
      parts.append(
        Part(boxes: [], edge: index, layers: layers[edge.source] + 1...layers[edge.target] - 1))
    }
    placeParts(edges)
  }

  private static func layers(_ boxes: Int, _ edges: [Edge]) -> [Int] {
    var layers = [Int](repeating: 0, count: boxes)
    var changes = true
    // At most as many rounds as the longest path has boxes; mostly one, because boxes come in the order of the data.
    while changes {
      changes = false
      for edge in edges where layers[edge.target] <= layers[edge.source] {
        layers[edge.target] = layers[edge.source] + 1
        changes = true
      }
    }
    return layers
  }

  /// The boxes as paths from layer to layer, the longest first.
  private static func paths(_ layers: [Int], _ edges: [Edge]) -> [Part] {
    var next = [[Int]](repeating: [], count: layers.count)
    for edge in edges where layers[edge.target] == layers[edge.source] + 1 { next[edge.source].append(edge.target) }
    let upwards = layers.indices.sorted { (layers[$1], $1) < (layers[$0], $0) }
    var free = Set(layers.indices)
    var paths: [Part] = []
    while !free.isEmpty {
      var lengths = [Int](repeating: 0, count: layers.count)
      for box in upwards where free.contains(box) { lengths[box] = 1 + (next[box].map { lengths[$0] }.max() ?? 0) }
      guard let start = free.min(by: { (lengths[$1], layers[$0], $0) < (lengths[$0], layers[$1], $1) }) else { break }
      var path = [start]
      while let last = path.last, lengths[last] > 1,
        let box = next[last].first(where: { lengths[$0] == lengths[last] - 1 })
      {
        path.append(box)
      }
      free.subtract(path)
      paths.append(Part(boxes: path, edge: nil, layers: layers[start]...layers[start] + path.count - 1))
    }
    return paths
  }

  /// Paths before lanes, short ones before long ones, so that lanes lie around what they pass by.
  private mutating func placeParts(_ edges: [Edge]) {
    var partOf = [Int](repeating: 0, count: layers.count)
    for (index, part) in parts.enumerated() { for box in part.boxes { partOf[box] = index } }
    let order = parts.indices.dropFirst().sorted {
      (parts[$0].edge == nil ? 0 : 1, parts[$0].layers.count, parts[$0].layers.lowerBound, $0)
        < (parts[$1].edge == nil ? 0 : 1, parts[$1].layers.count, parts[$1].layers.lowerBound, $1)
    }
    var placed = Set(parts.indices.prefix(1))
    for index in order {
      let ends = parts[index].edge.map { [edges[$0].source, edges[$0].target] } ?? neighbours(of: parts[index], edges)
      let places = ends.map { partOf[$0] }.filter { placed.contains($0) }.map { parts[$0].place }
      let middle = places.isEmpty ? 0 : Double(places.reduce(0, +)) / Double(places.count)
      let isLane = parts[index].edge != nil
      parts[index].place = freePlace(near: middle, onOneSide: isLane, for: index, placed)
      placed.insert(index)
    }
  }

  private func neighbours(of part: Part, _ edges: [Edge]) -> [Int] {
    edges.flatMap { edge in
      (part.boxes.contains(edge.source) ? [edge.target] : []) + (part.boxes.contains(edge.target) ? [edge.source] : [])
    }
  }

  /// The free place nearest to a middle, the right one of two. Lanes stay on the side that they are on already, the
  /// right one in doubt: around the boxes, not between them.
  private func freePlace(near middle: Double, onOneSide: Bool, for index: Int, _ placed: Set<Int>) -> Int {
    let taken = Set(placed.filter { parts[$0].layers.overlaps(parts[index].layers) }.map { parts[$0].place })
    let candidates = (-parts.count...parts.count).filter { place in
      !taken.contains(place) && (!onOneSide || (middle < 0 ? place < 0 : place > 0))
    }
    return candidates.min { (abs(Double($0) - middle), -$0) < (abs(Double($1) - middle), -$1) } ?? 0
  }
}
