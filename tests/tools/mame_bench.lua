-- SPDX-License-Identifier: MIT OR Apache-2.0
-- Types a BASIC program into MAME's ti99_4a, for a comparison of speeds in a running loop (docs/benchmarks.md):
--   mame ti99_4a -rompath DIR -bench 95 -autoboot_script tests/tools/mame_bench.lua -autoboot_delay 0
-- Prints the screen, to see that the loop runs, and how many times faster than the console the minute after it was (by
-- the processor time of the whole process). `-bench`'s own figure at the end counts the typing in.

local LINES = { " 1", "10 FOR I=1 TO 1000", "20 A=SIN(I)", "30 NEXT I", "40 PRINT A", "50 GOTO 10", "RUN" }
local FIRST, EACH, BEGIN, FINISH = 200, 180, 1800, 5400 -- frames

local machine = manager.machine

local function print_screen()
  local names = machine.devices[":vdp"].spaces["vram"]:read_range(0, 767, 8)
  for row = 0, 23 do
    local text = {}
    for column = 1, 32 do
      local code = (names:byte(row * 32 + column) - 0x60) & 0xff -- TI BASIC's offset
      text[column] = (code >= 32 and code < 127) and string.char(code) or "."
    end
    print(table.concat(text))
  end
end

local function time() return machine.time:as_double(), os.clock() end

local frame, emulated, taken = 0, 0, 0
emu.register_frame_done(function()
  frame = frame + 1
  local n, rest = (frame - FIRST) // EACH + 1, (frame - FIRST) % EACH
  if rest == 0 and LINES[n] then machine.natkeyboard:post(LINES[n] .. (n > 1 and "\n" or "")) end
  if frame == BEGIN then
    print_screen()
    emulated, taken = time()
  elseif frame == FINISH then
    local now, clock = time()
    print(string.format("%.2f x real time in the loop", (now - emulated) / (clock - taken)))
  end
end)
