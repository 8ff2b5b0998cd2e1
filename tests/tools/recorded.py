# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the scripts that record a console's answers by the example rom-record share: `case TAB outcome` lines, compressed."""
import gzip
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECORDER = ROOT + '/target/release/examples/rom-record'


def record(kind, images, cases):
    """Runs the cases on the console of these images and writes tests/data/KIND/cases.txt.gz."""
    done = subprocess.run([RECORDER, kind, *images], input='\n'.join(cases) + '\n', capture_output=True, check=True, text=True)
    rows = done.stdout.splitlines()
    assert len(rows) == len(cases) and not any('hangs' in row for row in rows)
    folder = ROOT + '/tests/data/' + kind
    os.makedirs(folder, exist_ok=True)
    text = ''.join('%s\t%s\n' % pair for pair in zip(cases, rows))
    with open(folder + '/cases.txt.gz', 'wb') as out:
        out.write(gzip.compress(text.encode(), 9, mtime=0))
    print(len(cases), 'cases')
