//! Logins for registries: private images, and where `docker login` keeps passwords.
//!
//! An engine keeps no login. Whoever calls it sends one with each call that needs it, in a header. An engine does so by
//! itself once it has [`Credentials`](crate::Credentials):
//!
//! ```no_run
//! use dockwright::{Credentials, Engine};
//!
//! # fn main() -> dockwright::Result<()> {
//! let engine = Engine::from_env()?.with_credentials(Credentials::from_docker_config());
//! # Ok(())
//! # }
//! ```
//!
//! A program that has a login of its own adds it with [`with_login`](crate::Credentials::with_login). Without
//! `with_credentials` no login is looked for and no helper is run.
//!
//! # Calls that take a login
//!
//! The operation table says which header takes it and which part of the request names the registry
//! ([`Operation::login`](crate::Operation::login)): pulls, pushes, searches, `distribution_inspect`, builds, plugins
//! and services. Only the login of that registry is sent. The classic builder gets all logins, and chooses; BuildKit
//! reads none, and asks for them in a session ([builds](super::builds)).
//!
//! - A header that is an argument of the call goes before a stored login. An empty one, `AuthConfig::default()`, makes
//!   an anonymous call.
//! - A name whose registry is not certain gets no login: `FOO/app`, `Docker.io/app`, or an id in place of a plugin's
//!   name.
//! - The login of a service stays in the swarm, which gives it to the nodes that run its tasks. An update of a service
//!   replaces that one if its body names an image: nobody can see there if the image changed. With `registryAuthFrom`,
//!   `rollback` or [`without_stored_login`](crate::Call::without_stored_login) no stored login is sent, and the service
//!   keeps the one it has.
//! - [`Engine::raw`](crate::Engine::raw) sends none.
//!
//! # Where logins are found
//!
//! As by the docker CLI, in this order; everything is read anew for each call, once the engine has answered:
//!
//! 1. `DOCKER_AUTH_CONFIG`, by the exact key. It is ignored as a whole if any of it cannot be read.
//! 2. The helper that `credHelpers` names for the registry, else the one in `credsStore`, else, if the file tells
//!    nothing of logins, the platform's (`pass` or `secretservice`, `osxkeychain`, `wincred`). A `registrytoken` in
//!    `auths` goes with a helper's answer.
//! 3. `auths` of `config.json`, in the folder `DOCKER_CONFIG` or `.docker` of the user's home, if there is no helper or
//!    it fails.
//!
//! [`Credentials::from_folder`](crate::Credentials::from_folder) knows only its folder: not the variable, and not the
//! platform's helper.
//!
//! A registry is a host, with its port if the name of the image has one. In `auths` it may be an address,
//! `https://registry.example/v2/`. A key is looked for in the letters of the name, and then in small ones. The login
//! for Docker Hub has the key `https://index.docker.io/v1/`, exactly.
//!
//! A helper is a program, `docker-credential-NAME`, and has ten seconds, before the [limits](super::limits) of the
//! call begin; for a build, all helpers together have thirty, and of more than a hundred logins of a helper, a hundred
//! are sent, which the account of [`Error::Login`](crate::Error::Login) tells. After this time, and when the call is
//! dropped or this process ends, a helper is killed with all processes of its group, which is not the terminal's. On
//! Windows, and where there is no `sh`, its first process alone is killed, and not at the end of this one. Once it has
//! answered, an agent that it started runs on. Calls that wait for one answer of a helper at a time share one run of
//! it.
//!
//! # If a registry refuses
//!
//! The error is [`Error::Login`](crate::Error::Login): the engine's refusal, the registry, and what each place said,
//! such as the words of a helper that is locked. No secret of a login is in an error, a log or a `Debug` text.
