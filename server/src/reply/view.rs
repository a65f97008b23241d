//! Views: answers summed up for a reader who asks for nothing in particular. A row names its view; no view names an
//! operation. Each is a pure function of a safe answer, and gives notes beside it.

pub mod container;
pub mod disk_usage;
pub mod events;
pub mod history;
pub mod usage;

use dockwright::tools::View;
use serde_json::Value;

use crate::secrets::Safe;

pub use history::History;

/// A view of one answer, and the facts of the call that it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewOptions {
    /// The view.
    pub view: View,
    /// True if the call asks for the objects behind the sums.
    pub objects: bool,
    /// True if the call asks for events of commands in containers, which are otherwise only counted.
    pub commands: bool,
    /// The past that the call asks for, and the engine's history; `None` if it asks for none.
    pub history: Option<History>,
}

impl ViewOptions {
    /// A view for a call that asks for nothing in particular.
    #[must_use]
    pub fn new(view: View) -> Self {
        ViewOptions { view, objects: false, commands: false, history: None }
    }
}

/// An answer in a view.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewed {
    /// The data.
    pub data: Safe<Value>,
    /// True if the projection of the operation applies to it.
    pub projected: bool,
    /// The notes beside it.
    pub notes: Vec<String>,
}

/// Shows one value in a view. `listed` is the number of objects that a caller wants to see named.
#[must_use]
pub fn value(options: ViewOptions, value: Safe<Value>, listed: Option<usize>) -> Viewed {
    let mut notes = Vec::new();
    let (data, projected) = match options.view {
        View::Container => (value.map(|value| container::shown(value, &mut notes)), true),
        View::DiskUsage if options.objects => (value.map(disk_usage::objects), true),
        View::DiskUsage => (value.map(|value| disk_usage::shown(&value, listed, &mut notes)), false),
        View::Usage => (value.map(|value| usage::shown(&value, &mut notes)), false),
        _ => (value, true),
    };
    Viewed { data, projected, notes }
}
