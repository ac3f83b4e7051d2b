extension EventFile {
  /// Appends a scalar. Tags with the same text before a slash are shown together.
  ///
  /// The file, and TensorBoard too, hold the value as a `Float`. NaN and infinities are kept, and marked in the plot.
  public func scalar(_ tag: String, _ value: Double, step: Int, wallTime: Double? = nil) throws(EventFileError) {
    try append(tag, step: step, wallTime: wallTime) { $0.float(2, Float(value)) }
  }

  /// Appends a histogram of values, and returns it: `leftOut` says how many values were not finite.
  @discardableResult
  public func histogram(
    _ tag: String, _ values: some Sequence<some BinaryFloatingPoint>, step: Int, wallTime: Double? = nil
  ) throws(EventFileError) -> Histogram {
    let histogram = Histogram(values)
    try self.histogram(tag, histogram, step: step, wallTime: wallTime)
    return histogram
  }

  /// Appends a histogram.
  public func histogram(
    _ tag: String, _ histogram: Histogram, step: Int, wallTime: Double? = nil
  ) throws(EventFileError) {
    try append(tag, step: step, wallTime: wallTime) { value in
      value.message(5) {
        $0.double(1, histogram.minimum)
        $0.double(2, histogram.maximum)
        $0.double(3, Double(histogram.count))
        $0.double(4, histogram.sum)
        $0.double(5, histogram.sumOfSquares)
        $0.packedDoubles(6, histogram.buckets.map(\.limit))
        $0.packedDoubles(7, histogram.buckets.map { Double($0.count) })
      }
    }
  }

  /// Appends an image that is a PNG file. Its extents and channels are those of its header.
  public func image(_ tag: String, png: [UInt8], step: Int, wallTime: Double? = nil) throws(EventFileError) {
    let header = try PNGHeader(png)
    try append(tag, step: step, wallTime: wallTime) { value in
      value.message(4) {
        $0.integer(1, header.height)
        $0.integer(2, header.width)
        $0.integer(3, header.channels)
        $0.bytes(4, png)
      }
    }
  }

  /// Appends a text in Markdown.
  public func text(_ tag: String, _ markdown: String, step: Int, wallTime: Double? = nil) throws(EventFileError) {
    try append(tag, step: step, wallTime: wallTime) { value in
      value.message(8) {
        $0.integer(1, 7)  // The element type: string.
        $0.message(2) { _ in }  // The shape: none, a single text. A shape would be shown as a table.
        $0.string(8, markdown)
      }
      value.metadata(plugin: "text", content: ProtobufMessage())
    }
  }

  /// Appends a summary of one value, which has a tag.
  func append(
    _ tag: String, step: Int, wallTime: Double?, _ body: (inout ProtobufMessage) -> Void
  ) throws(EventFileError) {
    guard !tag.isEmpty else { throw .invalidArgument(name: "tag", expected: "a name", found: "an empty text") }
    try append(step: step, wallTime: wallTime) { event in
      event.message(5) { summary in
        summary.message(1) { value in
          value.string(1, tag)
          body(&value)
        }
      }
    }
  }
}

extension ProtobufMessage {
  /// Writes which plugin of TensorBoard shows a value of a summary, and what that plugin wants to know.
  mutating func metadata(plugin: String, content: ProtobufMessage) {
    message(9) { metadata in
      metadata.message(1) {
        $0.string(1, plugin)
        if !content.bytes.isEmpty { $0.message(2, content) }
      }
    }
  }
}
