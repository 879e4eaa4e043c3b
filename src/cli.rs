//! The command line: names, flags and their meaning; no behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::IssueRef;

/// Keeps issues on different trackers telling the same story.
#[derive(Debug, Parser)]
#[command(
    name = "lockstep",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every command.
#[derive(Args, Debug)]
pub struct Common {
    /// Mapping file, instead of the one `LOCKSTEP_CONFIG` names [default: lockstep.yml, .lockstep.yml, .github/lockstep.yml
    /// or .gitlab/lockstep.yml]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Common")]
    pub config: Option<PathBuf>,
    /// Form of what is printed on standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, help_heading = "Common")]
    pub format: Format,
    /// Also write the report to a file: .html, .json or .md by its ending; may be repeated
    #[arg(long, global = true, value_name = "FILE", help_heading = "Common")]
    pub report: Vec<PathBuf>,
    /// Log errors only; the report is printed all the same
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Common")]
    pub quiet: bool,
    /// Log more; twice for everything but titles and bodies
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Common")]
    pub verbose: u8,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, help_heading = "Common")]
    pub color: Color,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people.
    Human,
    /// The report, version 1.
    Json,
    /// For job summaries.
    Markdown,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal and in the logs of GitHub and GitLab; `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE` are obeyed.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Plan and print; with --apply, do it
    Sync(SyncArgs),
    /// Show every link and how its sides differ; nothing is written to a tracker
    Status(StatusArgs),
    /// Join two issues that tell the same story
    #[command(after_help = LINK)]
    Link(LinkArgs),
    /// Part an issue from its twin; nothing is closed
    Unlink(UnlinkArgs),
    /// Join unlinked issues of equal title, and do nothing else
    Adopt(MendArgs),
    /// Find and mend lost markers, duplicates and orphans
    Repair(MendArgs),
    /// Check the mapping file; with --online, also the trackers
    #[command(after_help = CHECK)]
    Check(CheckArgs),
    /// Write a commented mapping file and the workflow for the service the repository is on
    Init(InitArgs),
    /// Show an issue's markers in plain words
    Inspect {
        /// The issue, as tracker#key: github#12
        #[arg(value_name = "REF", value_parser = reference)]
        issue: IssueRef,
    },
    /// Make a playground of two folder trackers and run a real sync in it: no token, no network
    Try {
        /// The folder to make; it must not exist yet, or be empty
        #[arg(value_name = "DIR", default_value = "lockstep-playground")]
        dir: PathBuf,
    },
    /// Run as a job of a CI service: inputs from variables, scope from the event
    #[command(after_help = CI)]
    Ci,
    /// Print the mapping file's JSON schema
    Schema,
}

const LINK: &str = "What both hold equal counts as agreed, labels and people are united, and what differs follows \
                    `conflicts:`; a title or body that loses is kept as a comment.";

/// Flags of `status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// Only the sync of this name
    #[arg(long, value_name = "NAME", help_heading = "What to do")]
    pub only: Option<String>,
    /// End with exit code 6 when sides differ, or when both sides changed the same thing
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "What to do")]
    pub fail_on: Option<FailOn>,
    /// Show what an earlier run read and kept, if it is no older than this (5m, 1h); else read, and keep it
    #[arg(long, value_name = "TIME", help_heading = "What to do")]
    pub max_age: Option<String>,
    /// Read anew, and keep it
    #[arg(long, help_heading = "What to do")]
    pub refresh: bool,
    /// Where it is kept [default: lockstep in the user's cache folder]
    #[arg(long, value_name = "DIR", help_heading = "What to do")]
    pub cache_dir: Option<PathBuf>,
    /// Show titles and bodies even where a side is private; nothing is kept then
    #[arg(long, help_heading = "Output")]
    pub show_titles: bool,
}

/// What `status` fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any difference.
    Drift,
    /// Something that both sides changed differently.
    Conflict,
}

const CI: &str = "Variables; an empty one counts as not given:
  LOCKSTEP_COMMAND       sync (default), status, check, repair or adopt
  LOCKSTEP_CONFIG        mapping file, from the working directory
  LOCKSTEP_SCOPE         auto (default: the event's issue, else everything), all, or
                         references of issues, one a line
  LOCKSTEP_DRY_RUN       true: write nothing
  LOCKSTEP_FAIL_ON       what turns the job red with exit code 6: conflict, drift or
                         changes; error (default): failures alone; never: not even those
  LOCKSTEP_MAX_CHANGES   as --max-changes
  LOCKSTEP_TIME_BUDGET   as --time-budget
  LOCKSTEP_SUMMARY       false: no job summary
  LOCKSTEP_ANNOTATIONS   false: no annotations
  LOCKSTEP_SHOW_TITLES   true: as --show-titles
  LOCKSTEP_REPORT_DIR    folder of the report, from the repository's root
  LOCKSTEP_EXTRA_ARGS    further arguments of the command, one a line
  LOCKSTEP_WORKDIR       where the mapping file is looked for
  LOCKSTEP_GITHUB_TOKEN  stands in for the token of a tracker on this GitHub host when
                         the variable its `token:` names is not set
  LOCKSTEP_LOG           filter for the log: info, debug";

/// Flags of `link`.
#[derive(Args, Debug)]
pub struct LinkArgs {
    /// The issue the story began with, as tracker#key: github#12
    #[arg(value_name = "A", value_parser = reference)]
    pub first: IssueRef,
    /// The issue that becomes its twin, as tracker#key: gitlab#7
    #[arg(value_name = "B", value_parser = reference)]
    pub second: IssueRef,
    /// Write; without it the plan is printed and nothing is written
    #[arg(long, help_heading = "What to do")]
    pub apply: bool,
    /// Show titles and bodies even where a side is private
    #[arg(long, help_heading = "Output")]
    pub show_titles: bool,
}

/// Flags of `unlink`.
#[derive(Args, Debug)]
pub struct UnlinkArgs {
    /// The issue, as tracker#key: github#12
    #[arg(value_name = "REF", value_parser = reference)]
    pub issue: IssueRef,
    /// Write; without it the plan is printed and nothing is written
    #[arg(long, help_heading = "What to do")]
    pub apply: bool,
    /// Only the sync of this name
    #[arg(long, value_name = "NAME", help_heading = "What to do")]
    pub only: Option<String>,
}

/// Flags of `adopt` and `repair`.
#[derive(Args, Debug)]
pub struct MendArgs {
    /// Write; without it the plan is printed and nothing is written
    #[arg(long, help_heading = "What to do")]
    pub apply: bool,
    /// Only the sync of this name
    #[arg(long, value_name = "NAME", help_heading = "What to do")]
    pub only: Option<String>,
    /// Stop before the first write if more issues than this would change; overrides the mapping file
    #[arg(long, value_name = "N", value_parser = count, help_heading = "Limits")]
    pub max_changes: Option<u64>,
    /// Stop cleanly after this long (50m, 1h); the next run continues
    #[arg(long, value_name = "TIME", help_heading = "Limits")]
    pub time_budget: Option<String>,
    /// Show titles and bodies even where a side is private
    #[arg(long, help_heading = "Output")]
    pub show_titles: bool,
}

/// Flags of `sync`.
#[derive(Args, Debug)]
pub struct SyncArgs {
    /// Write; without it the plan is printed and nothing is written
    #[arg(long, help_heading = "What to do")]
    pub apply: bool,
    /// Only the sync of this name
    #[arg(long, value_name = "NAME", help_heading = "What to do")]
    pub only: Option<String>,
    /// Only the link of this issue, as tracker#key: github#12
    #[arg(long, value_name = "REF", value_parser = reference, help_heading = "What to do")]
    pub issue: Option<IssueRef>,
    /// Look at changes since: auto (the watermark of the dashboard, else all), all, a time ago (2h, 3d), or a timestamp
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "What to do")]
    pub since: String,
    /// Take one part of the links, as number/count: 2/4 [default: from `CI_NODE_INDEX` and `CI_NODE_TOTAL`]
    #[arg(long, value_name = "I/N", value_parser = shard, help_heading = "What to do")]
    pub shard: Option<(u32, u32)>,
    /// Stop before the first write if more issues than this would change; overrides the mapping file
    #[arg(long, value_name = "N", value_parser = count, help_heading = "Limits")]
    pub max_changes: Option<u64>,
    /// Stop cleanly after this long (50m, 1h); the next run continues
    #[arg(long, value_name = "TIME", help_heading = "Limits")]
    pub time_budget: Option<String>,
    /// Show titles and bodies even where a side is private
    #[arg(long, help_heading = "Output")]
    pub show_titles: bool,
}

const CHECK: &str = "Ends with 0 when all is fine or there are warnings only, 2 when the mapping file is wrong, 3 when a tracker cannot be \
                     read or a right is missing.";

/// Flags of `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Also ask the trackers: tokens, rights, and whether the labels, people and statuses of the file exist there; only reads
    #[arg(long, help_heading = "What to do")]
    pub online: bool,
}

/// Flags of `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The folder: the root of a git repository, whose remotes are looked at
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Print the files, and write nothing
    #[arg(long, help_heading = "What to do")]
    pub dry_run: bool,
    /// The service that shall run the sync [default: the one that `origin` is on]
    #[arg(long, value_enum, value_name = "SERVICE", help_heading = "What to do")]
    pub ci: Option<CiService>,
    /// A host that is a GitHub Enterprise Server; may be repeated
    #[arg(long, value_name = "HOST", help_heading = "What is what")]
    pub github: Vec<String>,
    /// A host that is a GitLab; may be repeated
    #[arg(long, value_name = "HOST", help_heading = "What is what")]
    pub gitlab: Vec<String>,
}

/// A CI service that `init` can write for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CiService {
    /// A workflow for GitHub Actions.
    Github,
    /// A job for GitLab CI.
    Gitlab,
    /// Nothing but the mapping file.
    None,
}

fn reference(text: &str) -> Result<IssueRef, String> {
    IssueRef::parse(text).ok_or_else(|| "write it as tracker#key, for example github#12".to_owned())
}

/// Reads a number of issues.
fn count(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_odd| "write a whole number, such as 500".to_owned())
}

fn shard(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "write it as number/count with the number from 1, for example 2/4".to_owned();
    let (index, total) = text.split_once('/').ok_or_else(wrong)?;
    let index: u32 = index.parse().map_err(|_not_a_number| wrong())?;
    let total: u32 = total.parse().map_err(|_not_a_number| wrong())?;
    if index >= 1 && index <= total {
        Ok((index, total))
    } else {
        Err(wrong())
    }
}
