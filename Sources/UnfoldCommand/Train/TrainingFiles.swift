/// The files that a training writes. All paths are checked at its beginning.
struct TrainingFiles {
  let model: OutputFile
  /// The confusion matrix.
  let drawing: OutputFile
  /// The learning curves, written after every epoch.
  let curves: OutputFile
  /// The folder of the checkpoints unless another is given.
  let checkpoints: String

  /// - Parameters:
  ///   - model: The path of the model file.
  ///   - drawing: The path of the confusion matrix; nil for the model's, ending in `-confusion.svg`.
  ///   - curves: The path of the learning curves; nil for the model's, ending in `-curves.svg`.
  /// - Throws: ``CommandError`` where one of them cannot be written, or two are the same.
  init(model: String, drawing: String?, curves: String?) throws(CommandError) {
    let stem = Self.stem(of: model)
    let drawing = drawing ?? "\(stem)-confusion.svg"
    let curves = curves ?? "\(stem)-curves.svg"
    checkpoints = "\(stem)-checkpoints"
    self.model = try OutputFile(model)
    self.drawing = try OutputFile(drawing)
    self.curves = try OutputFile(curves)
    try self.drawing.requireOther("--svg", than: [model])
    try self.curves.requireOther("--curves", than: [model, drawing])
  }

  /// The prefix of the names of a model's files.
  static func stem(of model: String) -> String {
    let ending = ".safetensors"
    return model.hasSuffix(ending) && model.count > ending.count ? String(model.dropLast(ending.count)) : model
  }
}
