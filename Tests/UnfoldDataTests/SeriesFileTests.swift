import Testing
import Unfold

@testable import UnfoldData

@Suite struct SeriesFileTests {
  private let text = """
    # a comment
    @problemName Toy
    @univariate false
    @classLabel true a b

    @data
    1,2,3:4,5,6:a
    -1.5,?:NaN,1e2: b

    """

  @Test func seriesAreRead() throws {
    let file = try SeriesFile(text: text, path: "toy.ts")
    #expect(file.classNames == ["a", "b"] && file.dimensions == 2 && file.series.count == 2)
    #expect(file.series[0] == .init(values: [1, 4, 2, 5, 3, 6], length: 3, label: 0))
    #expect(file.series[1].length == 2 && file.series[1].label == 1)
    #expect(file.series[1].values[0] == -1.5 && file.series[1].values[3] == 100)
    #expect(file.series[1].values[1].isNaN && file.series[1].values[2].isNaN)
  }

  @Test(arguments: [
    ("", 1, "@data and at least one series", "none"), ("@classLabel true a\n@data\n", 1, "at least one series", "none"),
    ("@data\n1:a", 1, "@classLabel", "none"), ("@classLabel false\n", 1, "at least one name", "false"),
    ("1,2:a\n", 1, "begins with @", "1,2:a"), ("@classLabel true a\n@data\n1,2:c", 3, "a class of a", "\"c\""),
    ("@classLabel true a\n@data\n1:2:a\n1:a", 4, "2 dimensions", "1"),
    ("@classLabel true a\n@data\na", 3, "1 or more", "0"),
    ("@classLabel true a b a\n@data\n1:a", 1, "every class once", "a b a"),
    ("@classLabel true a\n@data\n1,2:3:a", 3, "2 values in dimension 2", "1"),
    ("@classLabel true a\n@data\n1,x:a", 3, "finite numbers", "\"x\""),
    ("@classLabel true a\n@data\n1,:a", 3, "finite numbers", "\"\""),
    ("@classLabel true a\n@data\n1,inf:a", 3, "finite numbers", "\"inf\""),
  ])
  func mistakesNameTheLine(_ text: String, line: Int, expected: String, found: String) {
    #expect {
      try SeriesFile(text: text, path: "toy.ts")
    } throws: { error in
      let words = "\(error)"
      return words.hasPrefix("toy.ts:\(line): ") && words.contains(expected) && words.hasSuffix("found \(found)")
        || words.hasPrefix("toy.ts:\(line): ") && words.contains(expected) && words.contains(found)
    }
  }

  @Test func classesAreWhatTheirBytesAre() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let text = "@classLabel true \(composed) \(decomposed)\n@data\n1:\(decomposed)\n2:\(composed)\n"
    #expect(try SeriesFile(text: text, path: "toy.ts").series.map(\.label) == [1, 0])
    #expect(throws: DataError.self) {
      try SeriesFile(text: "@classLabel true \(composed)\n@data\n1:\(decomposed)\n", path: "toy.ts")
    }
  }

  @Test func samplesHaveOneLengthAndMeanZero() throws {
    let training = try SeriesFile(text: text, path: "train.ts")
    let test = try SeriesFile(text: "@classLabel true a b\n@data\n1,2,3,4:4,?,6,7:b\n", path: "test.ts")
    let data = try SeriesClassificationData(training: training, test: test)
    #expect(data.training.shape == [2, 1, 3, 2] && data.test.shape == [1, 1, 3, 2])
    #expect(data.trainingLabels == [0, 1] && data.testLabels == [1])
    // Of 1, 2, 3, -1.5 and of 4, 5, 6, 100.
    #expect(data.mean == [1.125, 28.75])
    let deviation = ((0.125 * 0.125 + 0.875 * 0.875 + 1.875 * 1.875 + 2.625 * 2.625) / 4).squareRoot()
    #expect(abs(data.standardDeviation[0] - deviation) < 1e-12)
    #expect(data.training[0, 0, 0, 0] == Float(-0.125 / deviation))
    #expect(data.training[1, 0, 2, 0] == 0, "behind the end")
    #expect(data.training[1, 0, 1, 0] == 0, "missing")
    #expect(data.test[0, 0, 1, 1] == 0, "missing")
    #expect(data.test[0, 0, 2, 0] == Float(1.875 / deviation), "the fourth step is cut")
    for other in ["@classLabel true a\n@data\n1:2:a", "@classLabel true a b\n@data\n1:a"] {
      #expect(throws: DataError.self) {
        try SeriesClassificationData(training: training, test: SeriesFile(text: other, path: "test.ts"))
      }
    }
  }
}
