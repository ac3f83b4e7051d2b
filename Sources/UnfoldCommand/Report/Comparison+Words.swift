import Unfold
import UnfoldData

extension Comparison.Cell {
  /// The name without its suite.
  var shortName: String {
    name.hasPrefix("\(suite):") && name.count > suite.count + 1 ? String(name.dropFirst(suite.count + 1)) : name
  }

  /// What the descriptor of a convolution means: `64 to 128 channels, 3x3 on 56x56, stride 2`; any other shape as it
  /// is.
  var shapeText: String {
    let found: (any FilterDescriptor)? =
      switch operation {
      case ConvolutionGeometry.operation: try? ConvolutionDescriptor(shape)
      case TransposedConvolutionGeometry.operation: try? TransposedConvolutionDescriptor(shape)
      default: nil
      }
    guard let descriptor = found else { return shape == name ? "" : shape }
    let (rows, columns) = (descriptor.vertical, descriptor.horizontal)
    func extent(_ value: (DescriptorAxis) -> Int) -> String {
      (rows.map { "\(value($0))×" } ?? "") + "\(value(columns))"
    }
    func step(_ name: String, _ value: (DescriptorAxis) -> Int) -> String {
      let (first, second) = (value(rows ?? columns), value(columns))
      return first == 1 && second == 1 ? "" : first == second ? ", \(name) \(first)" : ", \(name) \(first)×\(second)"
    }
    return
      "\(descriptor.inputChannels)→\(descriptor.outputChannels) channels, \(extent(\.window)) on \(extent(\.input))"
      + step("stride", \.stride) + step("dilation", \.dilation)
      + (descriptor.groups > 1 ? ", \(descriptor.groups) groups" : "")
  }
}

extension Comparison {
  /// The machine and all versions, in a few sentences.
  var circumstances: [String] {
    var lines: [String] = []
    if let machine {
      lines.append(
        "\(machine.processor), \(machine.availableCores) \(machine.availableCores == 1 ? "core" : "cores") · OpenBLAS "
          + "\(machine.openBLAS.version), core \(machine.openBLAS.core) · Unfold built for \(machine.buildLevel)")
    }
    let known = [
      ("pytorch", "PyTorch"), ("onednn", "oneDNN"), ("onnxruntime", "ONNX Runtime"), ("openvino", "OpenVINO"),
      ("ncnn", "ncnn"), ("mlx", "MLX"), ("python", "Python"),
    ]
    let others = versions.keys.filter { key in !known.contains { $0.0 == key } }.sorted().map { ($0, $0) }
    var words = (known + others).compactMap { key, title in versions[key].map { "\(title) \($0)" } }
    if let day { words.append("measured on \(day)") }
    if !words.isEmpty { lines.append(words.joined(separator: " · ")) }
    let doubts = unique((self.doubts ?? []) + MachineRates.doubts(rates, machine: machine))
    return lines + doubts.map { "Doubtful: \($0)." }
  }

  /// The day of the measurement.
  var day: String? { date.map { String($0.prefix { $0 != "T" }) } }
}

/// `1 thread`, `2 threads`.
func threadText(_ threads: Int) -> String { threads == 1 ? "1 thread" : "\(threads) threads" }

/// `1 image`, `8 images`.
func imageText(_ images: Int) -> String { images == 1 ? "1 image" : "\(images) images" }

extension Double {
  /// A ratio of two speeds: two digits after the point, fewer for large ratios.
  var ratioText: String { text(places: self < 20 ? 2 : 0) }

  /// A rate or a time: about three digits.
  var shortText: String { text(places: magnitude < 0.1 ? 3 : magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0) }
}
