//! Learns a policy: requests come in, and out comes the text of a policy that lets them pass and denies all others.
//! Nothing is looked up: facts about the objects that requests name are given.

mod counts;
mod lesson;
mod text;

use std::net::{IpAddr, Ipv4Addr};

use dockwright::operation::{Facet, Usage, When};
use dockwright::{Value, registry_of};

use crate::decide::binds::{propagates, source};
use crate::decide::egress::{may_name_registry, name_of_registry, names_registry};
use crate::decide::images::{NamedImage, image_of_path, image_of_rule, is_sure};
use crate::decide::names::target;
use crate::decide::publish::is_single;
use crate::facets::{Finding, Search, means_nothing};
use crate::facts::{Answer, Facts, Object, Question};
use crate::image::ImageName;
use crate::objects::{IMAGES, collection};
use crate::paths;
use crate::request::Request;

use lesson::FREE_PORTS;

pub use lesson::Lesson;
pub use text::FIRST_WORDS;

/// The questions whose answers are needed to learn from a request.
#[must_use]
pub fn questions(request: Request<'_>) -> Vec<Question> {
    let search = Search::of(request.operation, request.arguments, request.body);
    let objects = search.questions.iter().filter_map(|question| {
        let collection = collection(question.object.operation)?;
        Some(Question::Object { collection, name: question.name.clone() })
    });
    let images = images(request, &search).into_iter().filter(|image| image.usage == Usage::Uses);
    let unsure = images.filter(|image| !image.means_all_tags && !is_sure(&image.name));
    let of_images = unsure.map(|image| Question::Object { collection: IMAGES, name: image.name.into_owned() });
    objects.chain(of_images).collect()
}

impl Lesson {
    /// Learns from a request of a client, with the answers to its questions. A question without an answer is one
    /// about an object that does not exist.
    pub fn learn(&mut self, request: Request<'_>, client: &str, facts: &Facts) {
        let operation = request.operation;
        let search = Search::of(operation, request.arguments, request.body);
        self.requests += 1;
        self.clients.add(text::comment(client), "");
        self.operations.add(operation.name, &text::comment(client));
        search.findings.iter().for_each(|finding| self.finding(request, finding, &search));
        for question in &search.questions {
            let Some(collection) = collection(question.object.operation) else { continue };
            let answer = facts.answer(&Question::Object { collection, name: question.name.clone() });
            if let Some(Answer::Json(object)) = answer
                && question.answer(object).is_some()
            {
                self.facet(question.cause.facet, request, &question.cause.path);
            }
        }
        images(request, &search).iter().for_each(|image| self.image(image, facts));
        self.label(request);
    }

    /// Notes a request that nothing is learned from, for the policy to say so.
    pub fn miss(&mut self) {
        self.missed += 1;
    }

    /// The policy, as a file: sorted, with the number of requests that each line is for.
    #[must_use]
    pub fn policy(&self) -> String {
        text::policy(self)
    }

    fn finding(&mut self, request: Request<'_>, finding: &Finding<'_>, search: &Search<'_>) {
        let is_of_every_request = finding.path.0.is_empty();
        match finding.facet {
            // Without an owner, everything is everybody's.
            Facet::Shared => {}
            Facet::Binds if propagates(finding) => self.facet(Facet::Binds, request, &finding.path.to_string()),
            Facet::Binds => match source(finding).and_then(|source| paths::plain(source.path)) {
                Some(path) => self.binds.add(path, ""),
                None => self.facet(Facet::Binds, request, &finding.path.to_string()),
            },
            Facet::Publishes => {
                if !self.publishes(finding.value) {
                    self.facet(Facet::Publishes, request, &finding.path.to_string());
                }
            }
            Facet::Egress if is_of_every_request => {
                let is_archive = request.operation.body.is_some_and(|body| !body.json);
                if search.findings.iter().any(|finding| names_registry(finding.when)) {
                    // It is learned by itself.
                } else if may_name_registry(request.operation) {
                    self.registry("x", request, "");
                } else if is_archive {
                    self.builds += 1;
                } else {
                    self.facet(Facet::Egress, request, "");
                }
            }
            Facet::Egress if matches!(finding.when, When::Registry | When::Address) => {
                self.registry(&name_of_registry(finding), request, &finding.path.to_string());
            }
            facet => self.facet(facet, request, &finding.path.to_string()),
        }
    }

    fn facet(&mut self, facet: Facet, request: Request<'_>, path: &str) {
        let place = format!("{} {path}", request.operation.name);
        self.facets.add(facet.name(), &text::comment(place.trim_end()));
    }

    /// Learns the registry that is asked about a name; about none, it is Docker's.
    fn registry(&mut self, name: &str, request: Request<'_>, path: &str) {
        match registry_of(if name.is_empty() { "x" } else { name }) {
            Some(registry) => self.registries.add(registry, ""),
            None => self.facet(Facet::Egress, request, path),
        }
    }

    /// Learns addresses and ports. Returns false for those that no section names.
    fn publishes(&mut self, value: &Value) -> bool {
        let everywhere = || IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        match value {
            Value::Object(ports) => ports.iter().all(|(port, bindings)| {
                let Some(bindings) = bindings.as_array().filter(|bindings| !bindings.is_empty()) else { return false };
                is_single(port)
                    && bindings.iter().all(|binding| {
                        let text = |key| binding.get(key).and_then(Value::as_str).unwrap_or_default();
                        let (address, port) = (text("HostIp"), text("HostPort"));
                        let address = if address.is_empty() { Some(everywhere()) } else { address.parse().ok() };
                        address.is_some_and(|address| self.publish(address, port))
                    })
            }),
            Value::Array(ports) => ports.iter().all(|port| {
                let number = port.get("PublishedPort").filter(|number| !means_nothing(number));
                number.is_some_and(|number| self.publish(everywhere(), &number.to_string()))
            }),
            _ => false,
        }
    }

    fn publish(&mut self, address: IpAddr, port: &str) -> bool {
        let port = if matches!(port, "" | "0") { FREE_PORTS } else { port };
        let is_known = port.parse::<crate::policy::Ports>().is_ok() && !port.contains(',');
        if is_known {
            self.addresses.add(address.to_string(), "");
            self.ports.add(port, "");
        }
        is_known
    }

    fn image(&mut self, image: &NamedImage<'_>, facts: &Facts) {
        let name = ImageName::of(&image.name);
        match (image.usage, name) {
            (Usage::Gives, Some(name)) => self.names.add(name.with_default_tag().familiar(), ""),
            (Usage::Uses, Some(name)) if image.means_all_tags => self.images.add(format!("{}:*", name.familiar()), ""),
            (Usage::Uses, name) => {
                let question = Question::Object { collection: IMAGES, name: image.name.to_string() };
                let known = match facts.answer(&question) {
                    Some(Answer::Json(object)) if !is_sure(&image.name) => {
                        Some(Object(object).names().find_map(ImageName::of))
                    }
                    _ => None,
                };
                match (known, name) {
                    (Some(Some(name)), _) | (None, Some(name)) => {
                        self.images.add(name.with_default_tag().familiar(), "");
                    }
                    // No pattern means an image without a name, but the one for all.
                    (Some(None), _) => self.images.add("*", ""),
                    (None, None) => {}
                }
            }
            _ => {}
        }
    }

    /// Notes the labels of what a request makes.
    fn label(&mut self, request: Request<'_>) {
        for path in request.operation.facets.labels {
            self.made += 1;
            let labels = request.at(path).and_then(Value::as_object);
            for (key, value) in labels.into_iter().flatten() {
                if let Some(value) = value.as_str() {
                    self.labels.add(format!("{key}={value}"), "");
                }
            }
        }
    }
}

/// The images that a request names.
fn images<'a>(request: Request<'a>, search: &Search<'a>) -> Vec<NamedImage<'a>> {
    let named = search.names.iter().filter(|named| named.collection == IMAGES);
    let mut images: Vec<_> = named.map(|named| image_of_rule(request, named)).collect();
    if let Some((IMAGES, argument)) = target(request, search) {
        images.extend(request.text(argument).map(|name| image_of_path(request.operation, argument, name)));
    }
    images
}
