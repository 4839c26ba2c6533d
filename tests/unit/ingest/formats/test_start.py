"""The command line starts fast: the libraries of formats are imported when a file needs them."""

import subprocess
import sys


def test_the_door_imports_no_library_of_a_format() -> None:
    script = "import sys, ingest.formats.opening; print([name for name in sys.argv[1:] if name in sys.modules])"
    heavy = ["openpyxl", "xlrd", "lxml", "pdfplumber", "pdfminer", "numpy", "pandas"]
    done = subprocess.run([sys.executable, "-c", script, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
