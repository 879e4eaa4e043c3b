//! Which CI service the program runs on, and what it offers to a job: a table, so that nobody else asks for a name.

use std::path::PathBuf;

use url::Url;

use crate::env::Env;

/// How the users of a service write an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// As an input of the action: `dry-run`.
    Action,
    /// As a variable: `LOCKSTEP_DRY_RUN`.
    Variable,
}

/// What a service makes of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// It obeys commands in lines: groups and annotations.
    Commands,
    /// It folds marked sections.
    Sections,
    /// Nothing.
    Plain,
}

/// What a service offers, as the names of its variables.
struct Offer {
    name: &'static str,
    is_here: fn(&Env) -> bool,
    naming: Naming,
    speech: Speech,
    /// The kind of event, and the file with its payload.
    event: Option<(&'static str, &'static str)>,
    /// The file with the payload holds what somebody else sent, not an event of the service's own.
    sent: bool,
    outputs: Option<&'static str>,
    summary: Option<&'static str>,
    /// The folder of the repository.
    workspace: Option<&'static str>,
    /// The folder in which the report's lies.
    reports_in: Option<&'static str>,
    /// The API that the job's own token and events are of, when that is GitHub's.
    api: Option<&'static str>,
    /// The page of the job: it takes a dotenv file and links.
    job: Option<&'static str>,
}

const GITHUB: Offer = Offer {
    name: "GitHub Actions",
    is_here: |env| is_true(env, "GITHUB_ACTIONS"),
    naming: Naming::Action,
    speech: Speech::Commands,
    event: Some(("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH")),
    sent: false,
    outputs: Some("GITHUB_OUTPUT"),
    summary: Some("GITHUB_STEP_SUMMARY"),
    workspace: Some("GITHUB_WORKSPACE"),
    reports_in: Some("RUNNER_TEMP"),
    api: Some("GITHUB_API_URL"),
    job: None,
};

/// The first that is here is it. Gitea's and Forgejo's runners set GitHub's variables too, so they come first; their API has
/// an address of its own (`/api/v1`), by which old ones are known. No token or event of theirs is one of GitHub's.
const OFFERS: [Offer; 5] = [
    Offer {
        name: "Forgejo Actions",
        is_here: |env| is_true(env, "FORGEJO_ACTIONS"),
        api: None,
        ..GITHUB
    },
    Offer {
        name: "Gitea Actions",
        is_here: |env| is_true(env, "GITEA_ACTIONS") || (is_true(env, "GITHUB_ACTIONS") && has_gitea_api(env)),
        api: None,
        ..GITHUB
    },
    GITHUB,
    Offer {
        name: "GitLab CI",
        is_here: |env| is_true(env, "GITLAB_CI"),
        naming: Naming::Variable,
        speech: Speech::Sections,
        // The payload is a variable of type "file": its value is a path.
        event: Some(("CI_PIPELINE_SOURCE", "TRIGGER_PAYLOAD")),
        sent: true,
        outputs: None,
        summary: None,
        workspace: Some("CI_PROJECT_DIR"),
        reports_in: Some("CI_PROJECT_DIR"),
        api: None,
        job: Some("CI_JOB_URL"),
    },
    Offer {
        name: "no CI service that is known",
        is_here: |_| true,
        naming: Naming::Variable,
        speech: Speech::Plain,
        event: None,
        sent: false,
        outputs: None,
        summary: None,
        workspace: None,
        reports_in: None,
        api: None,
        job: None,
    },
];

fn is_true(env: &Env, name: &str) -> bool {
    env.plain(name)
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

fn has_gitea_api(env: &Env) -> bool {
    env.plain("GITHUB_API_URL")
        .is_some_and(|url| url.trim_end_matches('/').ends_with("/api/v1"))
}

/// What started the job, as far as the service tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its kind, in the service's words: `issues`, `schedule`.
    pub name: String,
    /// The file with its payload.
    pub payload: Option<PathBuf>,
    /// The payload is what somebody else sent, whatever the kind of the event.
    pub sent: bool,
}

/// The service, and what it offers to this job.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// How its users write an input.
    pub naming: Naming,
    /// What it makes of the log.
    pub speech: Speech,
    /// What started the job.
    pub event: Option<Event>,
    /// The file that takes outputs.
    pub outputs: Option<PathBuf>,
    /// The file that takes the summary.
    pub summary: Option<PathBuf>,
    /// The folder of the repository.
    pub workspace: PathBuf,
    /// The folder of the report, unless another is asked for.
    pub report_dir: Option<PathBuf>,
    /// The API of GitHub that the job's own token and events are of.
    pub api: Option<Url>,
    /// The page of the job.
    pub job: Option<Url>,
    /// The service takes outputs and links as files of the report.
    pub dotenv: bool,
}

impl Service {
    /// The service whose variables these are.
    pub fn of(env: &Env) -> Self {
        let offer = OFFERS.iter().find(|offer| (offer.is_here)(env)).unwrap_or(&GITHUB);
        let value = |name: Option<&str>| env.plain(name?).map(str::trim);
        let path = |name: Option<&str>| value(name).map(PathBuf::from);
        let url = |name: Option<&str>| value(name).and_then(|text| text.parse::<Url>().ok());
        let event = offer.event.and_then(|(name, payload)| {
            Some(Event {
                name: value(Some(name))?.to_owned(),
                payload: path(Some(payload)),
                sent: offer.sent,
            })
        });
        Self {
            name: offer.name,
            naming: offer.naming,
            speech: offer.speech,
            event,
            outputs: path(offer.outputs),
            summary: path(offer.summary),
            workspace: path(offer.workspace).unwrap_or_else(|| ".".into()),
            report_dir: path(offer.reports_in).map(|folder| folder.join("lockstep-report")),
            api: url(offer.api),
            job: url(offer.job),
            dotenv: offer.job.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(variables: &[(&str, &str)]) -> Service {
        Service::of(&Env::of(variables.iter().copied()))
    }

    #[test]
    fn those_who_imitate_github_are_told_apart() {
        let github = ("GITHUB_ACTIONS", "true");
        for (variables, name, api) in [
            (
                &[github, ("GITHUB_API_URL", "https://api.github.com")][..],
                "GitHub Actions",
                true,
            ),
            (
                &[github, ("GITHUB_API_URL", "https://ghe.example/api/v3")],
                "GitHub Actions",
                true,
            ),
            (
                &[
                    github,
                    ("GITEA_ACTIONS", "true"),
                    ("GITHUB_API_URL", "https://api.github.com"),
                ],
                "Gitea Actions",
                false,
            ),
            (
                &[github, ("FORGEJO_ACTIONS", "true"), ("GITEA_ACTIONS", "true")],
                "Forgejo Actions",
                false,
            ),
            (
                &[github, ("GITHUB_API_URL", "https://git.example/api/v1/")],
                "Gitea Actions",
                false,
            ),
            (
                &[
                    ("GITLAB_CI", "true"),
                    ("GITHUB_API_URL", "https://api.github.com"),
                    ("GITHUB_ACTIONS", ""),
                ],
                "GitLab CI",
                false,
            ),
            (&[("CI", "true")], "no CI service that is known", false),
        ] {
            let found = service(variables);
            assert_eq!((found.name, found.api.is_some()), (name, api), "{variables:?}");
        }
    }

    #[test]
    fn what_a_service_does_not_set_is_not_there() {
        let bare = service(&[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_PATH", "/e")]);
        assert!(bare.event.is_none() && bare.report_dir.is_none() && bare.outputs.is_none());
        let gitlab = service(&[
            ("GITLAB_CI", "true"),
            ("CI_PROJECT_DIR", "/builds/a"),
            ("CI_PIPELINE_SOURCE", "web"),
        ]);
        assert_eq!(gitlab.report_dir, Some("/builds/a/lockstep-report".into()));
        assert_eq!(gitlab.event.unwrap().payload, None);
    }
}
