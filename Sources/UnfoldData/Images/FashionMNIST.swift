/// Fashion-MNIST: 60,000 and 10,000 grey images of clothing, 28x28 pixels, ten classes (Xiao, Rasul and Vollgraf,
/// 2017).
extension ImageClassificationData {
  /// Where Debian's package `dataset-fashion-mnist` puts the files.
  public static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"

  /// The names of the ten classes, in the order of the labels.
  public static let fashionMNISTClassNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]

  /// Fashion-MNIST, from the folder of Debian's package or from another folder with the same files.
  ///
  /// - Throws: ``DataError``; where the folder or its files are missing, with the advice to install the package.
  public static func fashionMNIST(folder: String = fashionMNISTFolder) throws(DataError) -> ImageClassificationData {
    try ImageClassificationData(
      idxFolder: folder, classNames: fashionMNISTClassNames,
      advice: "Debian's package dataset-fashion-mnist provides Fashion-MNIST (apt-get install dataset-fashion-mnist)")
  }
}
