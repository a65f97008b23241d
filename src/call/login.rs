//! Adds a stored login to a request: the row names the header, and the part of the request that tells the registry.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::Call;
use crate::body::Body;
use crate::credentials::Credentials;
use crate::operation::{LoginException, LoginRegistry};
use crate::registry::registry_as_written;
use crate::sent_login::LoginSearch;

/// The login that a request takes and does not have.
pub(super) struct WantedLogin {
    header: HeaderName,
    /// The registry as it is written; `None` if the header takes all logins.
    registry: Option<String>,
}

impl Call<'_> {
    /// The login to look for; `None` if the operation takes none, the caller gives one, or no registry is certain.
    pub(super) fn wanted_login(&self) -> Option<WantedLogin> {
        let header = self.operation.login?;
        let given = |name: &str| self.arguments.get(name).filter(|value| !value.is_null());
        let is_meant = |&LoginException { argument, value }: &LoginException| {
            given(argument).is_some_and(|given| value.is_none_or(|value| given == value))
        };
        if self.withholds_login
            || self.engine.credentials().are_none()
            || given(header.parameter).is_some()
            || header.unless.iter().any(is_meant)
        {
            return None;
        }
        let named = |name: &str| given(name).and_then(Value::as_str);
        let registry = match header.registry {
            LoginRegistry::Argument(name) => Some(registry_as_written(named(name)?)?.to_owned()),
            LoginRegistry::ArgumentOrId(name) => {
                Some(registry_as_written(named(name).filter(|name| name.contains('/'))?)?.to_owned())
            }
            LoginRegistry::Body(pointer) => {
                let body: Value = serde_json::from_slice(self.body.as_ref()?.as_bytes()?).ok()?;
                Some(registry_as_written(certain(&body, pointer)?)?.to_owned())
            }
            LoginRegistry::All => None,
        };
        let header = HeaderName::from_bytes(header.parameter.as_bytes()).ok()?;
        Some(WantedLogin { header, registry })
    }
}

impl WantedLogin {
    /// Looks for the login and adds it, and an account of the search for the errors of the answer.
    pub(super) async fn add_to(self, request: &mut http::Request<Body>, credentials: &Credentials) {
        let (search, login) = match &self.registry {
            Some(registry) => {
                let search = credentials.find(registry).await;
                let login = search.login();
                (search, login)
            }
            None => {
                let search = credentials.all().await;
                let logins = search.all();
                (search, logins)
            }
        };
        if let Some(login) = login {
            let mut value =
                HeaderValue::from_str(&URL_SAFE.encode(login.to_string())).expect("base64 is visible ASCII");
            value.set_sensitive(true);
            request.headers_mut().insert(self.header, value);
        }
        let registry = self.registry.map(|registry| registry.to_ascii_lowercase());
        request.extensions_mut().insert(LoginSearch { registry, account: search.account().into() });
    }
}

/// The text at a pointer, if no other member could be meant by it. Engines read the names of members in any case, and
/// of two the last.
fn certain<'a>(body: &'a Value, pointer: &str) -> Option<&'a str> {
    let mut at = body;
    for name in pointer.split('/').skip(1) {
        let members = at.as_object()?;
        let mut same = members.keys().filter(|key| folded(key) == folded(name));
        let (Some(key), None) = (same.next(), same.next()) else { return None };
        at = &members[key];
    }
    at.as_str()
}

/// A name in the form in which Go compares names of members: it takes two letters beyond ASCII for their likes.
fn folded(name: &str) -> String {
    name.replace('\u{17f}', "s").replace('\u{212a}', "k").to_ascii_lowercase()
}
