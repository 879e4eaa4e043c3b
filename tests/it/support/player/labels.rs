//! The labels of a tracker as its list shows them, beside those on an issue.

use super::{Place, Player};

impl Player {
    /// Gives a label that is known a colour (six hexadecimal digits) and a description.
    pub fn paint(&self, name: &str, color: &str, description: &str) {
        match &self.place {
            Place::GitHub(fake) => fake.edit_label(name, |label| {
                color.clone_into(&mut label.color);
                label.description = Some(description.to_owned());
            }),
            Place::GitLab(fake) => fake.edit_label(name, |label| {
                label.color = format!("#{color}");
                label.description = Some(description.to_owned());
            }),
            Place::Folder(_) => panic!("folders have no list of labels"),
        }
    }

    /// The colour (six hexadecimal digits in lower case) and description of a label.
    pub fn painted(&self, name: &str) -> (String, String) {
        let (color, description) = match &self.place {
            Place::GitHub(fake) => {
                let label = fake.labels().into_iter().find(|label| label.name == name).unwrap();
                (label.color, label.description)
            }
            Place::GitLab(fake) => {
                let label = fake.labels().into_iter().find(|label| label.name == name).unwrap();
                (label.color, label.description)
            }
            Place::Folder(_) => panic!("folders have no list of labels"),
        };
        let color = color.trim_start_matches('#').to_lowercase();
        (color, description.unwrap_or_default())
    }
}
