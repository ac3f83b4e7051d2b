import Foundation
import UnfoldNN

/// The results of each epoch so far, including those before a training was resumed. Learning curves are drawn from it.
struct TrainingHistory {
  private(set) var epochs: [TrainingEpoch] = []

  private static let key = "unfold.history"

  init() {}

  /// The history in a checkpoint; an empty one where it has none.
  init(_ file: SafetensorsFile) {
    let text = file.metadata[Self.key] ?? "[]"
    epochs = (try? JSONDecoder().decode([TrainingEpoch].self, from: Data(text.utf8))) ?? []
  }

  /// For a checkpoint.
  var metadata: [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Losses of evaluations are finite, or the training has ended.
    return [Self.key: (try? encoder.encode(epochs)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"]
  }

  /// Records an epoch. An epoch that is repeated, because the training stopped before it was saved, replaces the first
  /// one.
  mutating func record(_ epoch: TrainingEpoch) {
    epochs.removeAll { $0.epoch >= epoch.epoch }
    epochs.append(epoch)
  }
}
