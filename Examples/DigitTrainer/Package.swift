// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "DigitTrainer",
  dependencies: [.package(name: "swift-unfold", path: "../..")],
  targets: [
    .executableTarget(
      name: "DigitTrainer",
      dependencies: [
        .product(name: "Unfold", package: "swift-unfold"),
        .product(name: "UnfoldData", package: "swift-unfold"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
