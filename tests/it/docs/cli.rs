//! `docs/cli.md` is what `--help` prints.

use super::{fresh, lockstep, root};

fn help(args: &[&str]) -> String {
    let output = lockstep(root(), &[args, &["--help"]].concat());
    assert!(output.status.success(), "{args:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // Help ends some lines with blanks, which editors take away.
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// The commands, as the program itself lists them.
fn commands() -> Vec<String> {
    let top = help(&[]);
    let list = top.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn the_command_line_page_is_fresh() {
    let mut wanted = String::from(
        "# The command line\n\nWhat `--help` prints; generated, and compared by `cargo test`. `-h` prints less of it. The exit codes \
         are in the\n[README](../README.md#exit-codes).\n",
    );
    let commands = commands();
    assert!(commands.iter().any(|name| name == "sync"), "{commands:?}");
    let all = std::iter::once(Vec::new()).chain(commands.iter().map(|name| vec![name.as_str()]));
    for args in all {
        let name = [vec!["lockstep"], args.clone()].concat().join(" ");
        wanted.push_str(&format!("\n## `{name}`\n\n```text\n{}```\n", help(&args)));
    }
    fresh("docs/cli.md", &wanted);
}
