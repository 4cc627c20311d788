"""Other ways to build a dot-product unit than the generated one, as docs/dot-product.md lists them.

    python3 examples/dot-trees.py [--only NAME,NAME]

Writes each variant (16 lanes, operands of the default types, 24-bit accumulator) to build/dot-trees/, compares it with
integer arithmetic on 3000 random beats in Icarus, and prints a line of JSON on it: its name, what it is, the generator's
options for it, its file, its module, the test bench, how many beats were compared and how many were wrong.
`npm run dot-trees` runs this program, synthesises the variants and proves their netlists.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys

LANES, ACC, TERM = 16, 24, 13
FOLDER = "build/dot-trees"

TESTBENCH = """module tb; reg clk=0; reg first; reg [95:0] a; reg [95:0] w; integer i,l,bad,p; reg signed [23:0] want, sum;
wire [23:0] o; t dut(.clk_i(clk),.first_i(first),.a_i(a),.w_i(w),.acc_o(o));
initial begin bad=0; want=0; for(i=0;i<3000;i=i+1) begin
  first = i==0 || ($urandom%8==0); a={$urandom,$urandom,$urandom}; w={$urandom,$urandom,$urandom}; sum=0;
  for(l=0;l<16;l=l+1) begin  // operands as decoders make them: no value beyond 64
    if (a[l*6+4]) a[l*6 +:4]=a[l*6 +:4]%9;
    if (w[l*6+3 +:2]>1) begin w[l*6+3 +:2]=2; w[l*6 +:3]=w[l*6 +:3]%2; end else if (w[l*6+3]) w[l*6 +:3]=w[l*6 +:3]%5;
    p = (a[l*6 +:4]*w[l*6 +:3]) << 3*(a[l*6+4]+w[l*6+3 +:2]);
    sum = a[l*6+5]^w[l*6+5] ? sum-p : sum+p; end
  want = (first?0:want)+sum; #1 clk=1; #1 clk=0; if (o!==want) bad=bad+1; end
  $display("%0d beats, %0d wrong", i, bad); end endmodule
"""

RIPPLE = """module rip #(parameter W=8)(input wire [W-1:0] x, input wire [W-1:0] y, input wire c, output wire [W:0] s);
  genvar i; generate for (i=0;i<W;i=i+1) begin: g
    wire cin; wire cout; if (i==0) begin: a assign cin = c; end else begin: b assign cin = g[i-1].cout; end
    assign s[i] = x[i]^y[i]^cin; assign cout = (x[i]&y[i])|(cin&(x[i]^y[i])); end endgenerate
  assign s[W] = g[W-1].cout; endmodule
"""


def extend(name, width, to):
    return name if width == to else "{%d'd0, %s}" % (to - width, name)


def lane(i, shift="onehot"):
    """Terms x, complements if negative, and signs s. The operands are {sign, exp, sig[3:0]} and {sign, exp[1:0], sig[2:0]}, of base 8."""
    at = i * 6
    text = f"""  wire s{i} = a_i[{at + 5}] ^ w_i[{at + 5}];
  wire [6:0] p{i} = {{3'd0, a_i[{at + 3}:{at}]}} * {{4'd0, w_i[{at + 2}:{at}]}};
  wire [1:0] h{i} = {{1'd0, a_i[{at + 4}]}} + w_i[{at + 4}:{at + 3}];
"""
    if shift == "before":
        return text + f"""  wire [6:0] y{i} = p{i} ^ {{7{{s{i}}}}};
  wire [9:0] u{i} = h{i}[0] ? {{y{i}, {{3{{s{i}}}}}}} : {{{{3{{s{i}}}}}, y{i}}};
  wire [12:0] x{i} = h{i}[1] ? {{u{i}[6:0], {{6{{s{i}}}}}}} : {{{{3{{s{i}}}}}, u{i}}};
"""
    shifts = {
        "stages": f"({{6'd0, p{i}}} << (h{i}[0] ? 3 : 0)) << (h{i}[1] ? 6 : 0)",
        "two": f"(({{6'd0, p{i}}} << (a_i[{at + 4}] ? 3 : 0)) << (w_i[{at + 3}] ? 3 : 0)) << (w_i[{at + 4}] ? 6 : 0)",
        "onehot": " | ".join(f"({{13{{h{i} == 2'd{k}}}}} & ({{6'd0, p{i}}} << {3 * k}))" for k in range(4)),
    }
    return text + f"  wire [12:0] m{i} = {shifts[shift]};\n  wire [12:0] x{i} = m{i} ^ {{13{{s{i}}}}};\n"


def lanes(shift="onehot"):
    return "".join(lane(i, shift) for i in range(LANES))


def columns(bits, width, order="fifo", names="f", leave=1):
    """Full adders column by column until `leave` bits of each weight are left; returns text and the bits left."""
    text, count = "", 0
    queues = [list(bits[b]) if b < len(bits) else [] for b in range(width)]
    for b, queue in enumerate(queues):
        while len(queue) > leave:
            n = 2 if len(queue) == 2 else 3
            if order == "fifo":
                x = queue[:n]
                del queue[:n]
            else:
                x = queue[-n:]
                del queue[-n:]
            carry = f"({x[0]} & {x[1]})" + ("" if n == 2 else f" | ({x[2]} & ({x[0]} ^ {x[1]}))")
            text += f"  wire {names}s{count} = {' ^ '.join(x)}; wire {names}c{count} = {carry};\n"
            queue.append(f"{names}s{count}")
            if b + 1 < width:
                queues[b + 1].append(f"{names}c{count}")
            count += 1
    return text, queues


def word(queues, row=0):
    return "{" + ", ".join(q[row] if len(q) > row else "1'b0" for q in reversed(queues)) + "}"


def module(body, extra="", registers="acc_q <= sum;", declare="reg [23:0] acc_q; assign acc_o = acc_q; wire [23:0] kept = acc_q & {24{~first_i}};"):
    return f"""{extra}module t(input wire clk_i, input wire first_i, input wire [95:0] a_i, input wire [95:0] w_i, output wire [23:0] acc_o);
  {declare}
{body}  always @(posedge clk_i) begin {registers} end
endmodule
"""


def plus(*terms):
    return " + ".join(terms)


ALL = range(LANES)
SIGNS = plus(*(extend(f"s{i}", 1, ACC) for i in ALL))


def one_expression(kind):
    if kind == "extended":
        total = plus("kept", *(f"{{{{11{{s{i}}}}}, x{i}}}" for i in ALL), SIGNS)
    else:
        total = plus("kept", *(f"{{10'd0, ~s{i}, x{i}}}" for i in ALL), SIGNS) + f" - 24'd{LANES << TERM}"
    return module(lanes() + f"  wire [23:0] sum = {total};\n")


def popcount_expression():
    count = plus(*(extend(f"s{i}", 1, 5) for i in ALL))
    part = plus(*(extend(f"x{i}", 13, 17) for i in ALL), "{12'd0, n}")
    return module(lanes() + f"  wire [4:0] n = {count};\n  wire [16:0] part = {part};\n  wire [23:0] sum = kept + {{7'd0, part}} - {{6'd0, n, 13'd0}};\n")


def binary_tree(ripple):
    text, level, sign = lanes(), 0, 0
    words, width = [(f"s{i}", f"{{s{i}, x{i}}}") for i in ALL], TERM + 1
    while len(words) > 1:
        following = []
        for j in range(0, len(words), 2):
            (sx, x), (sy, y) = words[j], words[j + 1]
            name = f"t{level}_{j // 2}"
            if ripple:
                text += f"  wire [{width}:0] {name}; wire {name}u; rip #({width + 1}) i{name}(.x({{{sx}, {x}}}), .y({{{sy}, {y}}}), .c(s{sign}), .s({{{name}u, {name}}}));\n"
            else:
                text += f"  wire [{width}:0] {name} = {{{sx}, {x}}} + {{{sy}, {y}}} + {extend(f's{sign}', 1, width + 1)};\n"
            following.append((f"{name}[{width}]", name))
            sign += 1
        words, width, level = following, width + 1, level + 1
    top, name = words[0]
    term = f"{{{{{ACC - width}{{{top}}}}}, {name}}}"
    if ripple:
        text += f"  wire u; wire [23:0] sum; rip #(24) f(.x(kept), .y({term}), .c(s{sign}), .s({{u, sum}}));\n"
    else:
        text += f"  wire [23:0] sum = kept + {term} + {extend(f's{sign}', 1, ACC)};\n"
    return module(text, RIPPLE if ripple else "")


def column_bits(shift, popcount=False):
    text = lanes(shift)
    bits = [[] for _ in range(ACC)]
    for b in range(TERM):
        bits[b] += [f"x{i}[{b}]" for i in ALL]
    if popcount:
        more, count = columns([[f"s{i}" for i in ALL]], 5, names="n")
        text += more
        for b in range(5):
            bits[b].append(count[b][0])
            text += f"  wire z{b} = ~{count[b][0]};\n"
            bits[TERM + b].append(f"z{b}")
        offset = -(31 << TERM)
    else:
        text += "".join(f"  wire z{i} = ~s{i};\n" for i in ALL)
        bits[0] += [f"s{i}" for i in ALL]
        bits[TERM] += [f"z{i}" for i in ALL]
        offset = -(LANES << TERM)
    for b in range(ACC):
        if offset >> b & 1:
            bits[b].append("1'b1")
    return text, bits


def column_sum(shift="onehot", order="fifo", popcount=False):
    text, bits = column_bits(shift, popcount)
    for b in range(ACC):
        bits[b].append(f"kept[{b}]")
    more, left = columns(bits, ACC, order)
    return module(text + more + f"  wire [23:0] sum = {word(left)};\n")


def carry_save_accumulator():
    text, bits = column_bits("onehot")
    for b in range(ACC):
        bits[b] += [f"kept_s[{b}]", f"kept_c[{b}]"]
    more, left = columns(bits, ACC, leave=2)
    declare = """reg [23:0] s_q; reg [23:0] c_q; wire [23:0] kept_s = s_q & {24{~first_i}}; wire [23:0] kept_c = c_q & {24{~first_i}};
  wire u; rip #(24) f(.x(s_q), .y(c_q), .c(1'b0), .s({u, acc_o}));"""
    return module(text + more, RIPPLE, f"s_q <= {word(left)}; c_q <= {word(left, 1)};", declare)


def positive_negative():
    text, sums = lanes(), []
    for group, mask in (("p", "~"), ("n", "")):
        text += "".join(f"  wire [12:0] {group}m{i} = m{i} & {{13{{{mask}s{i}}}}};\n" for i in ALL)
        more, left = columns([[f"{group}m{i}[{b}]" for i in ALL] for b in range(TERM)], 17, names=group + "f")
        text += more + f"  wire [16:0] {group} = {word(left)};\n"
    text += "  wire [17:0] d; rip #(17) fd(.x(p), .y(~n), .c(1'b1), .s(d));\n"
    text += "  wire u; wire [23:0] sum; rip #(24) f(.x(kept), .y({{7{~d[17]}}, d[16:0]}), .c(1'b0), .s({u, sum}));\n"
    return module(text, RIPPLE)


def shift_classes():
    text, bits = lanes(), [[f"kept[{b}]"] for b in range(ACC)]
    for k, width in enumerate([7, 6, 6, 4]):
        own = [[] for _ in range(width + 5)]
        for i in ALL:
            text += f"  wire g{k}_{i} = h{i} == 2'd{k}; wire r{k}_{i} = s{i} & g{k}_{i}; wire z{k}_{i} = ~r{k}_{i};\n"
            for b in range(width):
                text += f"  wire q{k}_{i}_{b} = (p{i}[{b}] ^ s{i}) & g{k}_{i};\n"
                own[b].append(f"q{k}_{i}_{b}")
            own[0].append(f"r{k}_{i}")
            own[width].append(f"z{k}_{i}")
        more, left = columns(own, width + 5, names=f"k{k}_")
        text += more + f"  wire [{width + 4}:0] S{k} = {word(left)};\n  wire SN{k} = ~S{k}[{width + 4}];\n"
        for b in range(ACC - 3 * k):
            bits[b + 3 * k].append(f"S{k}[{b}]" if b < width + 4 else f"SN{k}")
    more, left = columns(bits, ACC)
    return module(text + more + f"  wire [23:0] sum = {word(left)};\n")


# By name: what it is, the options of `npm run gen` where the generator makes it, and how it is written.
VARIANTS = {
    "columns": ("columns of full adders, longest wait first, accumulator included", "", lambda: column_sum()),
    "columns_latest_first": ("columns, latest bits first (ripple-like)", None, lambda: column_sum(order="lifo")),
    "columns_popcount": ("columns, signs counted first, the count added twice", None, lambda: column_sum(popcount=True)),
    "columns_complement_before_shift": ("columns, complement before the shift, sign shifted in", None, lambda: column_sum("before")),
    "columns_shift_by_each_exponent": ("columns, two shifters by one exponent each instead of their sum", None, lambda: column_sum("two")),
    "columns_shift_in_stages": ("columns, shifter in two stages", None, lambda: column_sum("stages")),
    "carry_save_accumulator": ("carry-save accumulator (two registers), added up on the output", None, carry_save_accumulator),
    "adders": ("binary tree of plain sums, signs as carries", "--tree adders", lambda: binary_tree(False)),
    "adders_ripple": ("binary tree of ripple adders, signs as carries", None, lambda: binary_tree(True)),
    "expression_sign_extended": ("one expression, sign-extended terms", None, lambda: one_expression("extended")),
    "expression_inverted_signs": ("one expression, inverted signs and constant", None, lambda: one_expression("inverted")),
    "expression_popcount": ("one expression for the lanes, count of signs apart", None, popcount_expression),
    "positive_negative": ("positive and negative magnitudes apart, one subtraction", None, positive_negative),
    "shift_classes": ("common alignment: one sum per shift amount (4), shifted once", None, shift_classes),
}


def fail(code, message):
    print(message, file=sys.stderr)
    sys.exit(code)


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        fail(3, f"{command[0]} ended with exit code {result.returncode}\n{(result.stdout + result.stderr)[-2000:]}")
    return result.stdout


def compared(name):
    """Writes a variant and holds it against integer arithmetic."""
    title, options, build = VARIANTS[name]
    path, bench, simulation = f"{FOLDER}/{name}.v", f"{FOLDER}/tb.v", f"{FOLDER}/sim"
    with open(path, "w") as file:
        file.write(build())
    run("iverilog", "-g2005-sv", "-o", simulation, path, bench)
    beats, wrong = map(int, re.fullmatch(r"(\d+) beats, (\d+) wrong", run("vvp", simulation).strip()).groups())
    what = {"name": name, "title": title, "options": options, "file": path, "module": "t", "testBench": bench}
    return {**what, "beats": beats, "wrong": wrong}


def main():
    parser = argparse.ArgumentParser(
        description="Writes other ways to build a dot-product unit than the generated one, and compares them with integer arithmetic.",
        epilog="Exit codes: 0 done, whatever the comparisons gave, 2 wrong request, 3 a tool is missing or broke.",
    )
    parser.add_argument("--only", metavar="NAMES", help=f"some of {', '.join(VARIANTS)}, with commas between")
    request = parser.parse_args()
    names = list(VARIANTS) if request.only is None else [name.strip() for name in request.only.split(",")]
    unknown = [f'"{name}"' for name in names if name not in VARIANTS]
    if unknown:
        fail(2, f"--only: no variant {', '.join(unknown)}; there are {', '.join(VARIANTS)}")
    for tool in ("iverilog", "vvp"):
        if shutil.which(tool) is None:
            fail(3, f"{tool} is missing: install it with npm run setup")
    os.makedirs(FOLDER, exist_ok=True)
    with open(f"{FOLDER}/tb.v", "w") as file:
        file.write(TESTBENCH)
    for name in dict.fromkeys(names):
        print(json.dumps(compared(name)), flush=True)


main()
