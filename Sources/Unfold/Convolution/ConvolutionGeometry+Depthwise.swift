/// Depthwise convolutions (`groups == C`): one or several filters for each channel by itself. A column matrix would have
/// R S columns and a GEMM one filter, so they are computed directly, vectorised over the channels.
extension ConvolutionGeometry {
  /// The filters of one channel, K / C.
  private var multiplier: Int { outputChannels / inputChannels }

  /// One task makes so many pixels at least.
  private func rowsPerTask(_ rowLength: Int) -> Int { max(1, 1 << 14 / rowLength) }

  /// Forward: each output row by itself.
  func depthwiseForward<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ output: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let lines = batch * vertical.output
    let linesPerTask = rowsPerTask(horizontal.output * outputChannels)
    context.forEach((lines + linesPerTask - 1) / linesPerTask) { task, _ in
      let range = task * linesPerTask..<min((task + 1) * linesPerTask, lines)
      withUnsafeTemporaryAllocation(of: DepthwiseTap.self, capacity: vertical.window * horizontal.window) { taps in
        for line in range {
          let (n, p) = (line / vertical.output, line % vertical.output)
          for q in 0..<horizontal.output {
            var count = 0
            for r in 0..<vertical.window {
              let h = vertical.inputPosition(p, tap: r)
              guard 0 <= h, h < vertical.input else { continue }
              for s in 0..<horizontal.window {
                let w = horizontal.inputPosition(q, tap: s)
                guard 0 <= w, w < horizontal.input else { continue }
                taps[count] = DepthwiseTap(
                  source: ((n * vertical.input + h) * horizontal.input + w) * inputChannels,
                  filter: (r * horizontal.window + s) * outputChannels)
                count += 1
              }
            }
            let target = output + (line * horizontal.output + q) * outputChannels
            let used = UnsafeBufferPointer(rebasing: taps[0..<count])
            if multiplier == 1 {
              sumTaps(used, input, filter, startingAt: bias, channels: outputChannels, into: target)
            } else {
              sumTapsRepeating(used, input, filter, startingAt: bias, into: target)
            }
          }
        }
      }
      if activation != .identity {
        let rowLength = horizontal.output * outputChannels
        activation.apply(output + range.lowerBound * rowLength, count: range.count * rowLength)
      }
    }
  }

  /// As ``sumTaps``, where `multiplier` filters share each source channel.
  @inline(__always)
  private func sumTapsRepeating<Scalar: TensorScalar>(
    _ taps: UnsafeBufferPointer<DepthwiseTap>, _ input: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>,
    startingAt start: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    for k in 0..<outputChannels { target[k] = start.map { $0[k] } ?? 0 }
    for tap in taps {
      for c in 0..<inputChannels {
        let x = input[tap.source + c]
        for k in c * multiplier..<(c + 1) * multiplier {
          target[k] = target[k].addingProduct(x, filter[tap.filter + k])
        }
      }
    }
  }

  /// Input gradient: each input row gathers the output pixels that it entered.
  func depthwiseInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let lines = batch * vertical.input
    let linesPerTask = rowsPerTask(horizontal.input * inputChannels)
    context.forEach((lines + linesPerTask - 1) / linesPerTask) { task, _ in
      withUnsafeTemporaryAllocation(of: DepthwiseTap.self, capacity: vertical.window * horizontal.window) { taps in
        for line in task * linesPerTask..<min((task + 1) * linesPerTask, lines) {
          let (n, h) = (line / vertical.input, line % vertical.input)
          for w in 0..<horizontal.input {
            var count = 0
            for r in 0..<vertical.window {
              guard let p = vertical.outputPosition(h, tap: r) else { continue }
              for s in 0..<horizontal.window {
                guard let q = horizontal.outputPosition(w, tap: s) else { continue }
                taps[count] = DepthwiseTap(
                  source: ((n * vertical.output + p) * horizontal.output + q) * outputChannels,
                  filter: (r * horizontal.window + s) * outputChannels)
                count += 1
              }
            }
            let target = inputGradient + (line * horizontal.input + w) * inputChannels
            let used = UnsafeBufferPointer(rebasing: taps[0..<count])
            if multiplier == 1 {
              sumTaps(used, outputGradient, filter, startingAt: bias, channels: inputChannels, into: target)
            } else {
              for c in 0..<inputChannels {
                var sum = bias.map { $0[c] } ?? 0
                for tap in used {
                  for k in c * multiplier..<(c + 1) * multiplier {
                    sum = sum.addingProduct(outputGradient[tap.source + k], filter[tap.filter + k])
                  }
                }
                target[c] = sum
              }
            }
            activation.apply(target, count: inputChannels)
          }
        }
      }
    }
  }
}

extension WindowAxis {
  /// The window position at which tap `tap` meets input position `position`, if there is one.
  @inline(__always)
  func outputPosition(_ position: Int, tap: Int) -> Int? {
    let distance = position + low - tap * dilation
    guard distance >= 0, distance % stride == 0 else { return nil }
    let output = distance / stride
    return output < self.output ? output : nil
  }

  /// The window positions at which tap `tap` meets the input and not the padding.
  @inline(__always)
  func outputPositions(tap: Int) -> Range<Int> {
    let first = max(0, ceilingDivision(low - tap * dilation, stride))
    let end = min(output, ceilingDivision(input + low - tap * dilation, stride))
    return first..<max(first, end)
  }
}
