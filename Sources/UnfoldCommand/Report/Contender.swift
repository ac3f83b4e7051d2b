/// The contenders that a report sets side by side, in this order.
enum Contender: String, CaseIterable {
  case naive
  case blas
  case pytorch
  case pytorchCompiled
  case onnxRuntime
  case openVINO
  case ncnn
  case mlx
  case unfold

  /// Those that Unfold competes with: others' programs.
  static let rivals: [Contender] = [.pytorch, .pytorchCompiled, .onnxRuntime, .openVINO, .ncnn, .mlx]

  /// The names of its implementations in a comparison: of several, the fastest in each round counts.
  var implementations: [String] {
    switch self {
    case .naive: ["naive"]
    case .blas: ["blas"]
    case .pytorch: ["pytorch", "pytorch-channels-last"]
    case .pytorchCompiled: ["pytorch-compile"]
    case .onnxRuntime: ["onnxruntime"]
    case .openVINO: ["openvino"]
    case .ncnn: ["ncnn"]
    case .mlx: ["mlx"]
    case .unfold: ["unfold"]
    }
  }

  var title: String {
    switch self {
    case .naive: "naive loops"
    case .blas: "im2col and BLAS"
    case .pytorch: "PyTorch"
    case .pytorchCompiled: "torch.compile"
    case .onnxRuntime: "ONNX Runtime"
    case .openVINO: "OpenVINO"
    case .ncnn: "ncnn"
    case .mlx: "MLX"
    case .unfold: "Unfold"
    }
  }

  /// The explanation for a legend.
  var explanation: String {
    switch self {
    case .naive: "naive loops (1 image, 1 thread)"
    case .blas: "Unfold with im2col and OpenBLAS (--algorithm blas)"
    case .pytorch: "PyTorch (the faster of NCHW and channels-last)"
    case .pytorchCompiled: "PyTorch compiled by torch.compile (channels-last)"
    case .onnxRuntime: "ONNX Runtime (forward only)"
    case .openVINO: "OpenVINO (forward only, f32)"
    case .ncnn: "ncnn (forward only, f32, its fastest method)"
    case .mlx: "MLX (1 image, 1 thread)"
    case .unfold: "Unfold"
    }
  }
}
