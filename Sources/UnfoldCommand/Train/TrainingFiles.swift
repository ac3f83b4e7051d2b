/// The files that a training writes at its end. Both are tried at its beginning.
struct TrainingFiles {
  let model: OutputFile
  let drawing: OutputFile
  /// The folder of the checkpoints unless another is given.
  let checkpoints: String

  /// - Parameters:
  ///   - model: The path of the model file.
  ///   - drawing: The path of the confusion matrix; nil for the model's, ending in `-confusion.svg`.
  /// - Throws: ``CommandError`` where one of them cannot be written, or both are the same.
  init(model: String, drawing: String?) throws(CommandError) {
    let stem = Self.stem(of: model)
    let drawing = drawing ?? "\(stem)-confusion.svg"
    guard model != drawing else {
      throw .unexpected("--svg", expected: "another file than the model's", found: drawing)
    }
    checkpoints = "\(stem)-checkpoints"
    self.model = try OutputFile(model)
    self.drawing = try OutputFile(drawing)
  }

  /// What the names of files that belong to a model begin with.
  static func stem(of model: String) -> String {
    let ending = ".safetensors"
    return model.hasSuffix(ending) && model.count > ending.count ? String(model.dropLast(ending.count)) : model
  }
}
