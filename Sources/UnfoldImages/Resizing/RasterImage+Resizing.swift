import CImages

extension RasterImage {
  /// The image with another number of rows and columns.
  ///
  /// Bilinear and bicubic resizing are antialiased and equal `resize` of Pillow 13 to the last bit: the columns are
  /// resized, rounded to bytes, then the rows (or in the other order, where that has fewer sums), with weights of 22 bits
  /// behind the point.
  ///
  /// - Parameters:
  ///   - height: The rows, 1 to 65,535.
  ///   - width: The columns, 1 to 65,535.
  ///   - filter: The filter.
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for other extents.
  /// - Complexity: O(height of this image * width * taps + height * width * taps), where a filter of support s has
  ///   `2 s max(scale, 1)` taps.
  public func resized(height: Int, width: Int, filter: ResizeFilter) throws(ImageError) -> RasterImage {
    guard (1...65_535).contains(height), (1...65_535).contains(width) else {
      throw .invalidArgument(name: "size", expected: "1x1 to 65535x65535", found: "\(height)x\(width)")
    }
    return resize(
      Rectangle(top: 0, left: 0, height: self.height, width: self.width), to: ImageSize(height: height, width: width),
      filter)
  }

  /// A rectangle of the image at another size: the same as a crop and a resize, without the copy between them.
  ///
  /// - Parameter rectangle: Within the image.
  func resize(_ rectangle: Rectangle, to size: ImageSize, _ filter: ResizeFilter) -> RasterImage {
    if filter == .nearest { return crop(rectangle).nearest(size) }
    if rectangle.height == size.height && rectangle.width == size.width { return crop(rectangle) }
    if rectangle.width == size.width { return crop(rectangle).resizedRows(to: size.height, filter) }
    if rectangle.height == size.height { return resizedColumns(of: rectangle, to: size.width, filter) }
    // The order decides how values are rounded between the passes: this is when Pillow 13
    // begins with the rows. Earlier versions never do.
    if size.height < rectangle.height, 2 * (rectangle.width - size.width) < rectangle.height - size.height {
      let low = crop(rectangle).resizedRows(to: size.height, filter)
      let whole = Rectangle(top: 0, left: 0, height: low.height, width: low.width)
      return low.resizedColumns(of: whole, to: size.width, filter)
    }
    return resizedColumns(of: rectangle, to: size.width, filter).resizedRows(to: size.height, filter)
  }

  /// The pixels at the centres. The places are added up, because Pillow's are.
  private func nearest(_ size: ImageSize) -> RasterImage {
    func places(_ input: Int, _ output: Int) -> [Int] {
      let step = Double(input) / Double(output)
      var place = step * 0.5
      return (0..<output).map { _ in
        defer { place += step }
        return min(Int(place), input - 1)
      }
    }
    let columns = places(width, size.width)
    let rows = places(height, size.height)
    return RasterImage(height: size.height, width: size.width, channels: channels) { target in
      pixels.withUnsafeBufferPointer { source in
        var place = 0
        for y in rows {
          for x in columns {
            let from = y * rowBytes + x * channels
            for channel in 0..<channels { target[place + channel] = source[from + channel] }
            place += channels
          }
        }
      }
    }
  }

  /// The columns of a rectangle, `[rectangle.height, width]`.
  private func resizedColumns(of rectangle: Rectangle, to width: Int, _ filter: ResizeFilter) -> RasterImage {
    let weights = ResizeWeights(from: rectangle.width, to: width, filter: filter)
    let targetBytes = width * channels
    return RasterImage(height: rectangle.height, width: width, channels: channels) { target in
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        let first = source + rectangle.top * rowBytes + rectangle.left * channels
        weights.withAxis { axis in
          if channels == 1 {
            for y in 0..<rectangle.height {
              unfold_resize_grey(first + y * rowBytes, target + y * targetBytes, axis)
            }
            return
          }
          // A pixel is read with the byte behind it, which the last one may not have: the last rows are copied.
          var y = 0
          while y + 4 < rectangle.height {
            unfold_resize_colour4(first + y * rowBytes, rowBytes, target + y * targetBytes, targetBytes, axis)
            y += 4
          }
          resizeLastRows(first, target, from: y, rectangle, targetBytes, axis)
        }
      }
    }
  }

  /// The last rows of a rectangle, four at most, by way of a copy.
  private func resizeLastRows(
    _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, from start: Int, _ rectangle: Rectangle,
    _ targetBytes: Int, _ axis: UnsafePointer<unfold_resize_axis>
  ) {
    let copyBytes = 3 * rectangle.width + 1
    var copy = [UInt8](repeating: 0, count: 4 * copyBytes)
    var result = [UInt8](repeating: 0, count: 4 * targetBytes)
    let count = rectangle.height - start
    copy.withUnsafeMutableBufferPointer { copy in
      guard let copy = copy.baseAddress else { return }
      for row in 0..<count {
        (copy + row * copyBytes).update(from: source + (start + row) * rowBytes, count: 3 * rectangle.width)
      }
      unfold_resize_colour4(copy, copyBytes, &result, targetBytes, axis)
    }
    (target + start * targetBytes).update(from: result, count: count * targetBytes)
  }

  /// The rows, `[height, width]`.
  private func resizedRows(to height: Int, _ filter: ResizeFilter) -> RasterImage {
    let weights = ResizeWeights(from: self.height, to: height, filter: filter)
    return RasterImage(height: height, width: width, channels: channels) { target in
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        weights.weights.withUnsafeBufferPointer { all in
          guard let all = all.baseAddress else { return }
          for y in 0..<height {
            unfold_resize_mix_rows(
              source + Int(weights.first[y]) * rowBytes, rowBytes, all + y * weights.stride, weights.counts[y],
              target + y * rowBytes)
          }
        }
      }
    }
  }
}
