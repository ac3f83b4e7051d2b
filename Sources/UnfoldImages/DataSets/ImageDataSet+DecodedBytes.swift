extension ImageDataSet {
  /// The bytes that all images take when they are decoded; nil for more than a limit.
  ///
  /// - Parameters:
  ///   - channels: The bytes of a pixel.
  ///   - limit: No more images are looked at when it is exceeded.
  /// - Returns: The sum of height times width times channels. Images that cannot be read count nothing: the loader says
  ///   what is wrong with them.
  /// - Complexity: O(bytes of the files), of at most as many as fit the limit; only headers are decoded.
  public func decodedBytes(channels: Int, atMost limit: Int) -> Int? {
    var sum = 0
    for index in 0..<count {
      guard let content = try? content(of: index) else { continue }
      let pixels: Int
      switch content {
      case .decoded(let image): pixels = image.height * image.width
      case .encoded(let bytes):
        guard let header = try? ImageHeader(of: bytes) else { continue }
        let (product, overflows) = header.height.multipliedReportingOverflow(by: header.width)
        if overflows { return nil }
        pixels = product
      }
      let (bytes, overflows) = pixels.multipliedReportingOverflow(by: channels)
      guard !overflows, bytes <= limit - sum else { return nil }
      sum += bytes
    }
    return sum
  }
}
