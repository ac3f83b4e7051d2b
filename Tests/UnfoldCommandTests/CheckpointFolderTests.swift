import Foundation
import Testing
import UnfoldNN

@testable import UnfoldCommand

/// What `body` throws, in words; nothing where it throws nothing.
private func complaint<Result>(_ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Folders that several trainings use: each keeps to its own checkpoints.
@Suite struct CheckpointFolderTests {
  private let file = SafetensorsFile()

  @Test func namesSayStepAndTraining() {
    let name = CheckpointName(step: 1234, training: "00000000000000ff")
    #expect(name.file == "step-000001234-00000000000000ff.safetensors")
    #expect(CheckpointName(name.file) == name)
    #expect(CheckpointName("step-000001234.safetensors") == CheckpointName(step: 1234, training: ""))
    #expect(CheckpointName("step-12345678901.safetensors")?.step == 12_345_678_901)
    for file in [
      "step-.safetensors", "step-1.safetensors", "step-+00000001.safetensors", "step-000000001-short.safetensors",
      "step-000000001-00000000000000ff-2.safetensors", "step-99999999999999999999.safetensors", "lenet.safetensors",
      "step-000000001.safetensors.tmp", "xstep-000000001.safetensors",
    ] {
      #expect(CheckpointName(file) == nil, "\(file)")
    }
  }

  @Test func theNewestAreKeptAndOnlyOnesOwnAreRemoved() throws {
    try withFolder { folder in
      // Of an older version, of another training, and no checkpoint at all: each with more steps.
      let others = [
        "step-000009000.safetensors", "step-000009001-00000000000000ff.safetensors", "step-notes.safetensors",
      ]
      let path = folder.path + "/checkpoints"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      for name in others { try Data("other".utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
      let checkpoints = try CheckpointFolder(path: path)
      for step in 1...5 {
        try checkpoints.write(file, step: step)
        let own = checkpoints.names.filter { $0.step < 9000 }.map(\.step)
        #expect(own == Array(max(1, step - 2)...step))
      }
      checkpoints.remove()
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == others.sorted())
    }
  }

  @Test func whatKilledTrainingsWereWritingIsRemoved() throws {
    try withFolder { folder in
      let path = folder.path + "/checkpoints"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      // A process that has ended, and whose number is not used again yet.
      let ended = Process()
      ended.executableURL = URL(fileURLWithPath: "/bin/true")
      try ended.run()
      ended.waitUntilExit()
      let gone = ["\(ended.processIdentifier)-0.tmp", "\(ended.processIdentifier).a1B2c3", "\(getpid())-3.tmp"]
      let left = [".unfold-\(getppid())-0.tmp", ".unfold-notes", ".unfold-", ".unfold-99999999999999999999-0.tmp", "7"]
      for name in gone.map({ ".unfold-\($0)" }) + left {
        try Data("half".utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
      }
      let checkpoints = try CheckpointFolder(path: path)
      try checkpoints.begin(bytes: 1, discards: false)
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == left.sorted())
    }
  }

  @Test func aTrainingThatBeginsIsRefusedWhereAnotherIsUnfinished() throws {
    try withFolder { folder in
      let path = folder.path + "/checkpoints"
      try CheckpointFolder(path: path).write(file, step: 7)
      let new = try CheckpointFolder(path: path)
      let error = complaint { try new.requireFree(resumes: false, discards: false) }
      for text in [path, "step 7", "--resume", "--discard", "--checkpoints"] {
        #expect(error.contains(text), "\(text)")
      }
      new.leave()
      #expect(new.names.map(\.step) == [7])
      try new.requireFree(resumes: true, discards: false)
      try new.requireFree(resumes: false, discards: true)
      #expect(new.names.map(\.step) == [7])
      try Data().write(to: folder.appendingPathComponent("checkpoints/notes"))
      try new.begin(bytes: 1, discards: true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["notes"])
    }
  }

  @Test func aFolderHasOneTrainingAtATime() throws {
    try withFolder { folder in
      let path = folder.path + "/checkpoints"
      do {
        let first = try CheckpointFolder(path: path)
        let error = complaint { try CheckpointFolder(path: path) }
        #expect(error.contains("another training"))
        try first.write(file, step: 1)
      }
      // The first one is gone.
      #expect(try CheckpointFolder(path: path).names.map(\.step) == [1])
    }
  }

  @Test(arguments: ["", "00000000000000ff"]) func aTrainingGoesOnUnderItsName(training: String) throws {
    try withFolder { folder in
      let path = folder.path + "/checkpoints"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      for step in [10, 20] { try file.write(to: "\(path)/\(CheckpointName(step: step, training: training).file)") }
      // Lost by the disk.
      let lost = "\(path)/\(CheckpointName(step: 30, training: training).file)"
      try Data("lost".utf8).write(to: URL(fileURLWithPath: lost))
      let checkpoints = try CheckpointFolder(path: path)
      let latest = try #require(try checkpoints.latest())
      #expect(latest.path.hasSuffix(CheckpointName(step: 20, training: training).file))
      #expect(latest.skipped.count == 1 && latest.skipped[0].contains(lost))
      // The one that cannot be read does not take the place of one that can.
      for step in [21, 22, 23] { try checkpoints.write(file, step: step) }
      #expect(checkpoints.names.map(\.step) == [21, 22, 23, 30])
      #expect(Set(checkpoints.names.map(\.training)) == [training])
      checkpoints.remove()
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func whatCannotGoOnIsSaid() throws {
    try withFolder { folder in
      let path = folder.path + "/checkpoints"
      let checkpoints = try CheckpointFolder(path: path)
      #expect(try checkpoints.latest() == nil)
      try Data("lost".utf8).write(to: folder.appendingPathComponent("checkpoints/step-000000001.safetensors"))
      let unreadable = complaint { try checkpoints.latest() }
      #expect(unreadable.contains("no checkpoint of 1 can be read"))
      try checkpoints.write(file, step: 2)
      let several = complaint { try checkpoints.latest() }
      #expect(several.contains("found those of 2"))
    }
  }

  @Test func aModelFileBelongsToTheTrainingThatIsUnfinished() throws {
    try withFolder { folder in
      let (mark, elsewhere, third) = (folder.path + "/m-checkpoints", folder.path + "/e/f", folder.path + "/third")
      do {
        let first = try CheckpointFolder(path: elsewhere, mark: mark)
        try first.requireFree(resumes: false, discards: false)
        try first.begin(bytes: 1, discards: false)
        // While it runs, whether it has a checkpoint or not.
        let other = try CheckpointFolder(path: third, mark: mark)
        let error = complaint { try other.requireFree(resumes: false, discards: true) }
        #expect(error.contains("running"))
        other.leave()
        #expect(!FileManager.default.fileExists(atPath: third))
        try first.write(file, step: 5)
        first.leave()
      }
      // While it is unfinished: beside the model file, and for another training that wants to write it.
      let inPlace = complaint {
        try CheckpointFolder(path: mark, mark: mark).requireFree(resumes: false, discards: false)
      }
      #expect(inPlace.contains("step 5"))
      let other = try CheckpointFolder(path: third, mark: mark)
      for resumes in [false, true] {
        let error = complaint { try other.requireFree(resumes: resumes, discards: false) }
        for text in [mark, "--output", "--resume", "--discard"] {
          #expect(error.contains(text), "\(text)")
        }
      }
      other.leave()
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: mark).hasSuffix("/e/f"))
      // It goes on where the mark leads, and leaves nothing when it ends.
      let again = try CheckpointFolder(path: mark, mark: mark)
      try again.requireFree(resumes: true, discards: false)
      #expect(try again.latest()?.path == "\(mark)/\(again.names[0].file)")
      try again.begin(bytes: 1, discards: false)
      again.remove()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["e"])
    }
  }

  @Test func aTrainingWithoutCheckpointsLeavesNothing() throws {
    try withFolder { folder in
      let (mark, path) = (folder.path + "/m-checkpoints", folder.path + "/a/b/c")
      let checkpoints = try CheckpointFolder(path: path, mark: mark)
      try checkpoints.begin(bytes: 1, discards: false)
      checkpoints.leave()
      #expect(try contents(of: folder).isEmpty)
      // A stale mark is none.
      try FileManager.default.createSymbolicLink(atPath: mark, withDestinationPath: folder.path + "/gone")
      let next = try CheckpointFolder(path: mark, mark: mark)
      try next.requireFree(resumes: false, discards: false)
      next.leave()
      #expect(try contents(of: folder).isEmpty)
    }
  }
}

@Suite struct OutputFolderTests {
  @Test func whatIsMadeIsTakenAwayUnlessItIsUsed() throws {
    try withFolder { folder in
      let output = try OutputFolder(folder.path + "/a/b//c/")
      #expect(try contents(of: folder).keys.sorted() == ["a"])
      #expect(try contents(of: folder.appendingPathComponent("a/b/c")).isEmpty)
      output.removeIfUnused()
      #expect(try contents(of: folder).isEmpty)

      let used = try OutputFolder(folder.path + "/a/b")
      try Data().write(to: folder.appendingPathComponent("a/file"))
      used.removeIfUnused()
      #expect(try contents(of: folder.appendingPathComponent("a")).keys.sorted() == ["file"])
      try OutputFolder(folder.path).removeIfUnused()
      #expect(FileManager.default.fileExists(atPath: folder.path))
    }
  }

  @Test func roomIsTriedAndGivenBack() throws {
    try withFolder { folder in
      let output = try OutputFolder(folder.path + "/a")
      try output.requireRoom(1 << 20)
      let error = complaint { try output.requireRoom(1 << 60) }
      #expect(error.contains("no room"))
      #expect(try contents(of: folder.appendingPathComponent("a")).isEmpty)
    }
  }
}
