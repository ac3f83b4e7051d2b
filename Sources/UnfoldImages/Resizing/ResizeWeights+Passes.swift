/// The inner loops of a resize. Sums are of 32 bits and begin with a half, so that the shift rounds.
extension ResizeWeights {
  private static let half = Int32(1) << Int32(bits - 1)

  @inline(__always)
  private static func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(max(sum >> Int32(bits), 0), 255)) }

  @inline(__always)
  private static func bytes(_ sum: SIMD16<Int32>) -> SIMD16<UInt8> {
    var shifted = sum &>> SIMD16(repeating: Int32(bits))
    shifted.replace(with: 0, where: shifted .< 0)
    shifted.replace(with: 255, where: shifted .> 255)
    return SIMD16<UInt8>(truncatingIfNeeded: shifted)
  }

  /// One row of grey pixels.
  func resizeGrey(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for place in first.indices {
        var sum = Self.half
        let from = source + first[place]
        for tap in 0..<counts[place] { sum &+= Int32(from[tap]) &* weights[place * stride + tap] }
        target[place] = Self.byte(sum)
      }
    }
  }

  /// One row of coloured pixels.
  ///
  /// - Parameter source: The row and one byte more.
  func resizeColour(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for place in first.indices {
        let from = UnsafeRawPointer(source + 3 * first[place])
        var sum = SIMD4(repeating: Self.half)
        for tap in 0..<counts[place] { sum &+= Self.pixel(from + 3 * tap) &* weights[place * stride + tap] }
        for channel in 0..<3 { target[3 * place + channel] = Self.byte(sum[channel]) }
      }
    }
  }

  /// Four rows of coloured pixels, whose sums do not wait for each other.
  ///
  /// - Parameters:
  ///   - source: The rows, `sourceBytes` apart, and one byte more.
  ///   - target: The resized rows, `targetBytes` apart.
  func resizeColour4(
    _ source: UnsafePointer<UInt8>, _ sourceBytes: Int, into target: UnsafeMutablePointer<UInt8>, _ targetBytes: Int
  ) {
    weights.withUnsafeBufferPointer { weights in
      for place in first.indices {
        let from = UnsafeRawPointer(source + 3 * first[place])
        var sum0 = SIMD4(repeating: Self.half)
        var sum1 = sum0
        var sum2 = sum0
        var sum3 = sum0
        for tap in 0..<counts[place] {
          let weight = SIMD4(repeating: weights[place * stride + tap])
          let pixel = from + 3 * tap
          sum0 &+= Self.pixel(pixel) &* weight
          sum1 &+= Self.pixel(pixel + sourceBytes) &* weight
          sum2 &+= Self.pixel(pixel + 2 * sourceBytes) &* weight
          sum3 &+= Self.pixel(pixel + 3 * sourceBytes) &* weight
        }
        let bytes = Self.bytes(
          SIMD16(lowHalf: SIMD8(lowHalf: sum0, highHalf: sum1), highHalf: SIMD8(lowHalf: sum2, highHalf: sum3)))
        for row in 0..<4 {
          for channel in 0..<3 { target[row * targetBytes + 3 * place + channel] = bytes[4 * row + channel] }
        }
      }
    }
  }

  /// A pixel and the byte behind it.
  @inline(__always)
  private static func pixel(_ address: UnsafeRawPointer) -> SIMD4<Int32> {
    SIMD4<Int32>(truncatingIfNeeded: address.loadUnaligned(as: SIMD4<UInt8>.self))
  }

  /// One row of the output of the second pass: the weighted sum of input rows.
  ///
  /// - Parameters:
  ///   - source: The rows of `count` bytes each.
  ///   - output: The number of the output row.
  func mixRows(
    _ source: UnsafePointer<UInt8>, _ count: Int, output: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    let start = source + first[output] * count
    let taps = counts[output]
    weights.withUnsafeBufferPointer { all in
      guard let weights = all.baseAddress.map({ $0 + output * stride }) else { return }
      var place = 0
      while place + 16 <= count {
        var sum = SIMD16(repeating: Self.half)
        var from = UnsafeRawPointer(start + place)
        for tap in 0..<taps {
          let pixels = SIMD16<Int32>(truncatingIfNeeded: from.loadUnaligned(as: SIMD16<UInt8>.self))
          sum &+= pixels &* SIMD16(repeating: weights[tap])
          from += count
        }
        UnsafeMutableRawPointer(target + place).storeBytes(of: Self.bytes(sum), as: SIMD16<UInt8>.self)
        place += 16
      }
      while place < count {
        var sum = Self.half
        for tap in 0..<taps { sum &+= Int32(start[tap * count + place]) &* weights[tap] }
        target[place] = Self.byte(sum)
        place += 1
      }
    }
  }
}
