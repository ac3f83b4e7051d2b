extension LayeredLayout {
  /// The middle of each part from left to right, the longest path at 0.
  ///
  /// - Parameters:
  ///   - width: That of a box.
  ///   - gap: Between two boxes, or a box and a lane.
  ///   - laneGap: Between two lanes.
  func positions(width: Double, gap: Double, laneGap: Double) -> [Double] {
    var positions = [Double](repeating: 0, count: parts.count)
    // From the middle outwards: each part is placed beside the inner ones that share a layer with it.
    let order = parts.indices.sorted { (abs(parts[$0].place), $0) < (abs(parts[$1].place), $1) }
    for (rank, index) in order.enumerated() where parts[index].place != 0 {
      let side: Double = parts[index].place < 0 ? -1 : 1
      let isLane = parts[index].boxes.isEmpty
      let inner = order[..<rank].filter { other in
        parts[other].layers.overlaps(parts[index].layers) && parts[other].place * parts[index].place >= 0
      }
      for other in inner {
        let distance =
          switch (isLane, parts[other].boxes.isEmpty) {
          case (true, true): laneGap
          case (false, false): width + gap
          default: width / 2 + gap
          }
        positions[index] = max(positions[index], side * positions[other] + distance)
      }
      positions[index] *= side
    }
    return positions
  }

  /// The part that each box is in.
  var partOfBox: [Int] {
    var partOf = [Int](repeating: 0, count: layers.count)
    for (index, part) in parts.enumerated() { for box in part.boxes { partOf[box] = index } }
    return partOf
  }

  /// The part that is the lane of each edge, if it has one.
  var laneOfEdge: [Int: Int] {
    Dictionary(uniqueKeysWithValues: parts.enumerated().compactMap { index, part in part.edge.map { ($0, index) } })
  }
}
