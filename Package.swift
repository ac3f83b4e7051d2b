// swift-tools-version: 6.2
import PackageDescription

/// The instruction-set level that the engine is compiled for.
///
/// `UNFOLD_MARCH` takes `x86-64-v2`, `x86-64-v3` (the default: AVX2 and FMA), `x86-64-v4` (AVX-512),
/// `native` or `none`. Other architectures get no flag: their baseline already has vector units.
#if arch(x86_64)
  let march = Context.environment["UNFOLD_MARCH"] ?? "x86-64-v3"
#else
  let march = "none"
#endif

let marchFlags = march == "none" ? [] : ["-march=\(march)"]

/// Numeric Swift without the optimiser is about a hundred times slower, so that a debug build of a program that
/// links the engine would be useless: the engine is optimised in every configuration.
let kernelSettings: [SwiftSetting] = [
  .unsafeFlags(marchFlags.flatMap { ["-Xcc", $0] }),
  .unsafeFlags(["-O"], .when(configuration: .debug)),
]

let package = Package(
  name: "swift-unfold",
  products: [
    .library(name: "Unfold", targets: ["Unfold"]),
    .library(name: "UnfoldReference", targets: ["UnfoldReference"]),
    .library(name: "UnfoldNN", targets: ["UnfoldNN"]),
    .library(name: "UnfoldData", targets: ["UnfoldData"]),
    .library(name: "UnfoldImages", targets: ["UnfoldImages"]),
    .library(name: "UnfoldTensorBoard", targets: ["UnfoldTensorBoard"]),
    .executable(name: "unfold", targets: ["UnfoldCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // The libraries of the machine.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),

    // The inner loops of resizing, and libpng, whose errors by longjmp must not cross Swift's frames.
    .target(name: "CImages", dependencies: ["CPNG"], cSettings: [.unsafeFlags(marchFlags + ["-O2"])]),

    // The processor's features, those that this build needs, and a clear error if some are missing.
    .target(name: "CBuildLevel", cSettings: [.unsafeFlags(marchFlags)]),
    .target(name: "CProcessor", dependencies: ["CBuildLevel"]),

    // The micro-kernels, compiled for each instruction set.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"])]),

    .target(
      name: "Unfold", dependencies: ["COpenBLAS", "CLAPACKE", "CProcessor", "CKernels"], swiftSettings: kernelSettings),
    .target(name: "UnfoldReference", dependencies: ["Unfold"], swiftSettings: kernelSettings),
    .target(name: "UnfoldNN", dependencies: ["Unfold"], swiftSettings: kernelSettings),
    .target(name: "UnfoldData", dependencies: ["Unfold", "CZlib"], swiftSettings: kernelSettings),
    .target(
      name: "UnfoldImages", dependencies: ["CTurboJPEG", "CImages", "CWebP", "CZlib"], swiftSettings: kernelSettings),
    .target(name: "UnfoldTensorBoard"),
    .executableTarget(
      name: "UnfoldCommand",
      dependencies: [
        "Unfold", "UnfoldReference", "UnfoldNN", "UnfoldData", "UnfoldImages", "UnfoldTensorBoard", "CPNG",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "UnfoldTests", dependencies: ["Unfold", "UnfoldReference"], exclude: ["Fixtures"]),
    .testTarget(name: "UnfoldNNTests", dependencies: ["UnfoldNN", "UnfoldReference"], exclude: ["Fixtures"]),
    .testTarget(name: "UnfoldDataTests", dependencies: ["UnfoldData"]),
    .testTarget(name: "UnfoldImagesTests", dependencies: ["UnfoldImages"], exclude: ["Fixtures"]),
    .testTarget(name: "UnfoldTensorBoardTests", dependencies: ["UnfoldTensorBoard"]),
    .testTarget(name: "UnfoldCommandTests", dependencies: ["UnfoldCommand", "CPNG"]),
  ],
  swiftLanguageModes: [.v6]
)
