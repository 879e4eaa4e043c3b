//! `lockstep ci`: one job of a CI service, from its inputs to everything it leaves behind.

mod ask;
mod online;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::check::{describe, expect_survey_forms, look as ask_trackers};
use super::sync::Progress;
use super::{Output, USAGE, hide, speak};
use crate::ci::{
    Command, Decision, FailOn, Files, Folder, Head, Inputs, Look, Note, Results, SUMMARY_MAX, Scope, Service, Topic,
    Voice, append, close, dotenv, dry_run_name, exit_code, headline, links, of_report, outputs, refusal, stand_in,
    summary, tell, voice, withheld, within_limits,
};
use crate::cli::{Command as Words, Common, FailOn as DiffersOn};
use crate::config::Config;
use crate::diag::Diagnostic;
use crate::env::{Env, now};
use crate::model::IssueRef;
use crate::report::{Outcome, Report, html, status_line};
use crate::run::{Request, sync};
use crate::survey::Survey;
use ask::{Wanted, extra, look, mapping, wanted};
use online::{asked, noted};

/// One job.
struct Job<'a> {
    service: &'a Service,
    inputs: Option<&'a Inputs>,
    voice: Box<dyn Voice>,
}

/// What was done, if anything was.
struct Done {
    report: Report,
    /// How it ended, in one line.
    title: String,
    /// What was looked at and why.
    looked: String,
    /// What the summary is mostly about.
    topic: Topic,
    /// What was found of the trackers, where those were asked for.
    found: Option<Survey>,
    notes: Vec<Note>,
}

pub(super) async fn run(common: &Common, env: &Env) -> Output {
    let service = Service::of(env);
    let mut inputs = match Inputs::read(env, service.naming) {
        Ok(inputs) => inputs,
        Err(problems) => {
            let job = Job {
                service: &service,
                inputs: None,
                voice: voice(&service, true),
            };
            let notes = problems.into_iter().map(|problem| Note::error("input", problem));
            return job.refuse(notes.collect());
        }
    };
    let extra = extra(&inputs, service.naming, common);
    if let Ok((Words::Status(args), _)) = &extra
        && let Some(fail_on) = args.fail_on
    {
        inputs.fail_on = match fail_on {
            DiffersOn::Drift => FailOn::Drift,
            DiffersOn::Conflict => FailOn::Conflict,
        };
    }
    let mut job = Job {
        service: &service,
        inputs: Some(&inputs),
        voice: voice(&service, inputs.annotations),
    };
    let (command, common) = match extra {
        Ok(extra) => extra,
        Err(problem) => return job.refuse(vec![Note::error("input", problem)]),
    };
    let (path, config) = match mapping(common.config.as_ref(), &inputs.workdir) {
        Ok(found) => found,
        Err(problems) => return job.refuse_mapping(&problems),
    };
    let env = withheld(env, service.naming);
    let env = stand_in(&config, service.api.as_ref(), inputs.token.as_ref(), &env);
    hide(&config, &env);
    let now = now();
    let wanted = match wanted(&command, &inputs, &config, &env, now) {
        Ok(wanted) => wanted,
        Err(problem) => return job.refuse(vec![Note::error("input", problem)]),
    };
    let (request, issue) = match wanted {
        Wanted::Run(request, issue) => (request, issue),
        Wanted::Mapping => {
            let done = job.look_at_mapping(&path, &config);
            return job.finish(done, &common);
        }
        Wanted::Trackers => {
            if let Err(problem) = expect_survey_forms(&common) {
                return job.refuse(vec![Note::error("input", problem)]);
            }
            let done = job.look_at_mapping(&path, &config);
            let done = job.look_at_trackers(done, ask_trackers(&config, &env).await);
            return job.finish(done, &common);
        }
    };
    let decision = match look(&inputs, issue, &service, &config) {
        Ok(decision) => decision,
        Err(problem) => return job.refuse(vec![Note::error("input", problem)]),
    };
    let done = job.carry_out(&config, &env, &request, &decision, now).await;
    job.finish(done, &common)
}

impl Job<'_> {
    fn speak(&mut self) {
        speak(&self.voice.take());
    }

    fn look_at_mapping(&mut self, path: &Path, config: &Config) -> Done {
        let fine = describe(path, config);
        self.voice.say(&fine);
        Done {
            report: Report::new(false),
            title: "the mapping file is fine".into(),
            looked: fine.lines().next().unwrap_or_default().to_owned(),
            topic: Topic::Changes,
            found: None,
            notes: Vec::new(),
        }
    }

    async fn carry_out(
        &mut self,
        config: &Config,
        env: &Env,
        request: &Request,
        decision: &Decision,
        now: Timestamp,
    ) -> Done {
        let mut notes = Vec::new();
        let what = match &decision.look {
            Look::Everything => "everything is looked at",
            Look::Issues(_) => "one link for each issue is looked at",
            Look::Nothing => "there is nothing to do",
        };
        let mut looked = format!("{}: {what}", decision.why);
        if decision.doubt {
            notes.push(Note::warning("event", looked.clone()));
        }
        self.voice.say(&looked);
        self.speak();
        let watch = Progress::new(false);
        let mut report = match &decision.look {
            Look::Nothing => Report::new(request.apply),
            Look::Everything => sync(config, env, &with_titles(request), now, &watch).await,
            Look::Issues(issues) => each(issues, config, env, request, now, &watch).await,
        };
        let missing = report.held.iter().any(|held| held.code == "issue-missing");
        // Asked for by the event, not by a person: its twin, if it had one, is found by looking at everything.
        if missing && self.inputs.is_some_and(|inputs| inputs.scope == Scope::Auto) {
            let more = "; it is not there, so its twin is looked for among all";
            looked.push_str(more);
            self.voice.say(&format!("{}{more}", decision.why));
            self.speak();
            let wide = sync(config, env, &with_titles(&left(request, &report)), now, &watch).await;
            if report.steps.is_empty() {
                report = Report {
                    requests: report.requests,
                    duration_ms: report.duration_ms,
                    ..Report::new(request.apply)
                };
            }
            report.merge(wide);
        }
        let status = self.inputs.is_some_and(|inputs| inputs.command == Command::Status);
        let mut title = match decision.look {
            Look::Nothing => "nothing to do".to_owned(),
            Look::Everything | Look::Issues(_) if status && report.outcome <= Outcome::Pending => status_line(&report),
            Look::Everything | Look::Issues(_) => headline(&report),
        };
        if !request.apply && self.inputs.is_some_and(|inputs| inputs.dry_run) {
            let name = dry_run_name(self.service.naming);
            title.push_str(&format!(" (`{name}` is true)"));
        }
        Done {
            report,
            title,
            looked,
            topic: if status {
                Topic::Differences(now)
            } else {
                Topic::Changes
            },
            found: None,
            notes,
        }
    }

    fn refuse_mapping(mut self, problems: &[Diagnostic]) -> Output {
        if self.voice.annotates() {
            // Annotations have a limit.
            for problem in problems {
                self.voice.say(&problem.to_string());
            }
        }
        let workspace = std::path::absolute(&self.service.workspace);
        let workspace = workspace.as_deref().unwrap_or(&self.service.workspace);
        let notes = problems.iter().map(|problem| Note::mistake(problem, workspace));
        self.refuse(notes.collect())
    }

    /// Ends a job of which nothing can be done.
    fn refuse(mut self, notes: Vec<Note>) -> Output {
        let (_, problems) = self.leave(None, USAGE, &refusal(&notes, self.room()));
        let notes = if self.voice.annotates() {
            within_limits(&notes)
        } else {
            notes
        };
        for note in notes.iter().chain(&problems) {
            self.voice.note(note);
        }
        let s = if notes.len() == 1 { "" } else { "s" };
        self.voice.say(&format!(
            "{} problem{s}; nothing was done; exit code {USAGE}",
            notes.len()
        ));
        self.speak();
        Output {
            code: USAGE,
            ..Output::fine("")
        }
    }

    /// Ends a job: everything is left behind and told.
    fn finish(mut self, done: Done, common: &Common) -> Output {
        let Done {
            report,
            title,
            looked,
            topic,
            found,
            mut notes,
        } = done;
        let fail_on = self.inputs.map(|inputs| inputs.fail_on);
        let code = fail_on.map_or(report.outcome.exit_code(), |fail_on| exit_code(&report, fail_on));
        let head = Head {
            title: &title,
            looked: &looked,
        };
        let text = summary(&report, head, &topic, &notes, self.room());
        let (files, problems) = self.leave(Some(&report), code, &text);
        notes.extend(problems);
        let (out, problems) = asked(common, &report, found.as_ref());
        if !problems.is_empty() {
            notes.push(Note::warning("files", problems.trim_end()));
        }
        tell(&report, self.voice.as_mut());
        if self.voice.annotates() {
            let mut all = of_report(&report);
            all.extend(found.iter().flat_map(noted));
            all.extend(notes);
            notes = within_limits(&all);
        }
        for note in &notes {
            self.voice.note(note);
        }
        let place = files.report.or(files.plan).map(|path| path.display().to_string());
        close(&report, &title, place.as_deref(), code, self.voice.as_mut());
        self.speak();
        Output {
            code,
            ..Output::fine(out)
        }
    }

    /// The room for the summary: earlier words of the same step count too.
    fn room(&self) -> usize {
        let file = self.service.summary.as_ref();
        let there = file.and_then(|file| std::fs::metadata(file).ok());
        let there = there.map_or(0, |about| usize::try_from(about.len()).unwrap_or(usize::MAX));
        SUMMARY_MAX.saturating_sub(there)
    }

    /// Writes every file, and tells which could not be written.
    fn leave(&self, report: Option<&Report>, code: u8, summary: &str) -> (Files, Vec<Note>) {
        let given = self.inputs.and_then(|inputs| inputs.report_dir.as_ref());
        let dir = given.map(|dir| self.service.workspace.join(dir));
        let dir = dir.or_else(|| self.service.report_dir.clone());
        let mut problems = Vec::new();
        let mut files = Files::default();
        let mut folder = dir.as_deref().map(Folder::at);
        if let Some(folder) = &mut folder {
            files.plan = report.and_then(|report| folder.write("plan.json", &report.json()));
            files.report = report.and_then(|report| folder.write("report.html", &html(report)));
            files.summary = folder.write("summary.md", summary);
        }
        let results = Results {
            report,
            code,
            files: &files,
        };
        if let Some(folder) = folder.as_mut().filter(|_| self.service.dotenv) {
            folder.write("result.env", &dotenv(&results, &self.service.workspace));
            if let Some(links) = links(self.service, &files) {
                folder.write("annotations.json", &links);
            }
        }
        problems.extend(folder.map(|folder| folder.problems).unwrap_or_default());
        if let Some(file) = &self.service.outputs {
            problems.extend(append(file, &outputs(&results)).err());
        }
        let file = self.service.summary.as_ref();
        if let Some(file) = file.filter(|_| self.inputs.is_none_or(|inputs| inputs.summary)) {
            problems.extend(append(file, summary).err());
        }
        let problems = problems.into_iter().map(|problem| Note::warning("files", problem));
        (files, problems.collect())
    }
}

/// Runs once for each issue; the reports are one.
async fn each(
    issues: &[IssueRef],
    config: &Config,
    env: &Env,
    request: &Request,
    now: Timestamp,
    watch: &Progress,
) -> Report {
    let mut report = Report::new(request.apply);
    for issue in issues {
        let request = Request {
            issue: Some(issue.clone()),
            ..left(request, &report)
        };
        report.merge(sync(config, env, &request, now, watch).await);
    }
    report
}

/// What is asked for, and the titles of all links for the page, where they may be shown. For one link they are not worth the
/// requests.
fn with_titles(request: &Request) -> Request {
    Request {
        titles: true,
        ..request.clone()
    }
}

/// What is asked for, with the time that is left after what was done.
fn left(request: &Request, done: &Report) -> Request {
    let spent = Duration::from_millis(done.duration_ms);
    Request {
        time_budget: request.time_budget.map(|budget| budget.saturating_sub(spent)),
        ..request.clone()
    }
}
