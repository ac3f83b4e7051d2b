/// The colours and fonts of all drawings and of the page, for light and dark screens.
///
/// Everything is a class with a rule of its own instead of a variable, which not every program that shows SVG knows.
enum ReportStyle {
  /// Inside a drawing; the page needs it as well, for its drawings.
  static let drawing = """
    text{font:13px Helvetica,Arial,sans-serif;fill:#1f2328}.strong{font-weight:bold}.heading{font-size:20px;\
    font-weight:bold}.small{font-size:10.5px;fill:#59636e}.tick,.number{font-size:9.5px;fill:#59636e}\
    .inside{fill:#ffffff}.back{fill:#ffffff}.box{fill:#f6f8fa;stroke:#d1d9e0}.grid{stroke:#e4e8ec}\
    .axis{stroke:#8c959f}.limit{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:5 3}.better{fill:#1a7f37}\
    .worse{fill:#cf222e}.ratio{font-size:17px;font-weight:bold}\
    .naive{fill:#6e7781;stroke:#6e7781}.blas{fill:#1b7c83;stroke:#1b7c83}.pytorch{fill:#c2501a;stroke:#c2501a}\
    .pytorchCompiled{fill:#9a6700;stroke:#9a6700}\
    .onnxRuntime{fill:#8250df;stroke:#8250df}.unfold{fill:#0969da;stroke:#0969da}.bar{stroke:none}\
    .openVINO{fill:#bf3989;stroke:#bf3989}.ncnn{fill:#2da44e;stroke:#2da44e}.mlx{fill:#57606a;stroke:#57606a}\
    .curve{fill:none;stroke-width:2}.first{stroke:#0969da}.second{stroke:#c2501a}.third{stroke:#8250df}\
    .faint{stroke:#afb8c1;stroke-width:1}
    """
  static let darkDrawing = """
    text{fill:#e6edf3}.small,.tick,.number{fill:#9198a1}.inside{fill:#ffffff}.back{fill:#0d1117}\
    .box{fill:#151b23;stroke:#3d444d}.grid{stroke:#262c36}.axis{stroke:#656c76}.limit{stroke:#ff7b72}\
    .better{fill:#56d364}.worse{fill:#ff7b72}.curve{fill:none}.naive{stroke:#9198a1}.blas{stroke:#39c5cf}.pytorch{stroke:#e8743b}\
    .pytorchCompiled{stroke:#d4a72c}.onnxRuntime{stroke:#a475f9}.openVINO{stroke:#f778ba}.ncnn{stroke:#56d364}.mlx{stroke:#8b949e}\
    .unfold{stroke:#58a6ff}.bar{stroke:none}.first{stroke:#58a6ff}\
    .second{stroke:#e8743b}.third{stroke:#a475f9}.faint{stroke:#656c76}
    """
  static let page = """
    body{font:15px/1.5 Helvetica,Arial,sans-serif;color:#1f2328;background:#ffffff;max-width:1400px;margin:2em auto;\
    padding:0 1em}h1{font-size:1.8em}h2{margin-top:2em;border-bottom:1px solid #d1d9e0}h3{margin-top:1.6em}\
    table{border-collapse:collapse;font-size:13px;margin:.6em 0}th,td{padding:2px 7px;border-bottom:1px solid #e4e8ec;\
    white-space:nowrap}th{text-align:right;vertical-align:bottom}td{text-align:right;\
    font-variant-numeric:tabular-nums}th.left,td.left{text-align:left}td.quiet{color:#59636e}\
    th.group,td.group{border-left:1px solid #d1d9e0}th.over{text-align:center}td.good{color:#1a7f37;font-weight:bold}\
    td.bad{color:#cf222e;font-weight:bold}td.wrap{white-space:normal;min-width:22em}.scroll{overflow-x:auto}svg{display:block}\
    nav a{margin-right:1em}a{color:#0969da}.key{display:inline-block;width:.8em;height:.8em;margin:0 .35em 0 1em}
    """
  static let darkPage = """
    body{color:#e6edf3;background:#0d1117}h2{border-color:#3d444d}th,td{border-color:#262c36}\
    th.group,td.group{border-left-color:#3d444d}td.quiet{color:#9198a1}td.good{color:#56d364}td.bad{color:#ff7b72}\
    a{color:#58a6ff}
    """

  static func sheet(_ light: String, dark: String) -> String {
    Markup.element("style", [:], "\(light)@media (prefers-color-scheme:dark){\(dark)}")
  }
}
