/// Pictures with captions, in rows, as one drawing.
struct ContactSheet {
  /// One picture.
  struct Frame {
    var image: PixelImage
    var boxes: [Box] = []
    /// The lines below the picture.
    var captions: [Caption]
  }

  /// A rectangle on a picture, in parts of its width and height.
  struct Box {
    var sides: [Double]
    var colour: Colour
    var isDashed = false
  }

  /// A line of text.
  struct Caption {
    var text: String
    /// A class of ``ReportStyle``.
    var style = "small"
  }

  /// An entry of the legend: what a colour stands for.
  struct Key {
    var name: String
    var colour: Colour
  }

  var title: String
  var detail: String
  var keys: [Key] = []
  /// The pictures of a row.
  var columns: Int
  /// Pictures that belong together stand closer to each other than to others.
  var group = 1
  var frames: [Frame]
}
