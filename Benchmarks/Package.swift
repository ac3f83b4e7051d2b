// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that those who depend on the library do not download a benchmark harness.
let package = Package(
  name: "unfold-benchmarks",
  dependencies: [
    // By name, so that the folder of the repository may have any.
    .package(name: "swift-unfold", path: ".."),
    // Without the traits, which replace malloc and the reference counting: timings are of the program as it is shipped.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "UnfoldBenchmarks",
      dependencies: [
        .product(name: "Unfold", package: "swift-unfold"),
        .product(name: "UnfoldReference", package: "swift-unfold"),
        .product(name: "UnfoldNN", package: "swift-unfold"),
        .product(name: "UnfoldData", package: "swift-unfold"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      // The harness takes the folders right below one called Benchmarks for suites.
      path: "Suites",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ],
  swiftLanguageModes: [.v6]
)
