//! Options as the requests of BuildKit's own API.

use super::*;
use crate::models::AuthConfig;

/// The request, in which texts can be found.
fn request(options: ImageBuildOptions) -> Result<String> {
    solve(options).map(|solve| String::from_utf8_lossy(&solve.request("reference")).into_owned())
}

/// An entry of a map as it is sent.
fn entry(name: &str, value: &str) -> String {
    let text = |field: u8, text: &str| match text.len() {
        0 => String::new(),
        length => format!("{}{}{text}", char::from(field << 3 | 2), char::from(u8::try_from(length).unwrap())),
    };
    text(1, name) + &text(2, value)
}

#[test]
fn options_are_said_in_the_words_of_the_frontend() {
    let limit = Ulimit::default().name("nofile").soft(10).hard(20);
    let options = ImageBuildOptions::default()
        .dockerfile("docker/web")
        .target("web")
        .platform("linux/arm64")
        .cgroupparent("builds")
        .extrahosts(["db:10.0.0.1", "v6:::1"])
        .ulimits([limit])
        .shmsize(1 << 20)
        .cachefrom(["a", "b"])
        .nocache(true)
        .pull(true)
        .buildargs([("A", Some("1".to_owned())), ("B", None), (INLINE_CACHE, Some("1".to_owned()))])
        .labels([("made", "here")])
        .networkmode("host")
        .tags(["shop/web", "localhost:5000/web:1"])
        .rm(true)
        .forcerm(false)
        .version("2")
        .session("of another");
    let request = request(options).unwrap();
    for (name, value) in [
        ("filename", "docker/web"),
        ("target", "web"),
        ("platform", "linux/arm64"),
        ("cgroup-parent", "builds"),
        ("add-hosts", "db=10.0.0.1,v6=::1"),
        ("ulimit", "nofile=10:20"),
        ("shm-size", "1048576"),
        ("cache-from", "a,b"),
        ("no-cache", ""),
        ("image-resolve-mode", "pull"),
        ("build-arg:A", "1"),
        ("label:made", "here"),
        ("force-network-mode", "host"),
        ("name", "shop/web:latest,localhost:5000/web:1"),
    ] {
        assert!(request.contains(&entry(name, value)), "{name} in {request:?}");
    }
    for text in ["network.host", "inline", "moby", "dockerfile.v0", "reference"] {
        assert!(request.contains(text), "{text} in {request:?}");
    }
    assert!(!request.contains("build-arg:B\u{12}") && !request.contains("of another"), "{request:?}");
}

#[test]
fn options_that_mean_nothing_are_not_sent() {
    let default = request(ImageBuildOptions::default()).unwrap();
    let options = ImageBuildOptions::default().networkmode("default").target("").shmsize(0).nocache(false).pull(false);
    let options = options.squash(false).quiet(false).memory(0).remote(OF_SESSION);
    assert_eq!(request(options).unwrap(), default);
}

#[test]
fn the_result_goes_where_the_options_say() {
    let kind = |output: &str| ImageBuildOptions::default().outputs([BuildOutput::default().type_(output)]);
    assert!(request(kind("tar")).unwrap().contains("tar"));
    assert!(request(kind("image").tags(["a"])).unwrap().contains(&entry("name", "a:latest")));
    assert!(!request(kind("cacheonly")).unwrap().contains("cacheonly"));
}

#[test]
fn options_that_cannot_be_said_are_refused_by_their_names() {
    let options = ImageBuildOptions::default;
    let logins = [("a:1", AuthConfig::default().password("hunter2"))];
    for (options, argument) in [
        (options().squash(true), "squash"),
        (options().quiet(true), "q"),
        (options().rm(false), "rm"),
        (options().memory(5), "memory"),
        (options().cpushares(5), "cpushares"),
        (options().isolation("hyperv"), "isolation"),
        (options().securityopt(["seccomp=unconfined"]), "securityopt"),
        (options().buildid("a"), "buildid"),
        (options().x_registry_config(logins), "X-Registry-Config"),
        (options().networkmode("bridge"), "networkmode"),
        (options().extrahosts(["a:host-gateway"]), "extrahosts"),
        (options().extrahosts(["a:1.2.3.4,b=5.6.7.8"]), "extrahosts"),
        (options().ulimits([Ulimit::default().name("nofile")]), "ulimits"),
        (options().tags(["a,b"]), "t"),
        (options().tags(["a"]).outputs([BuildOutput::default().type_("tar")]), "t"),
        (options().tags(["a@sha256:00"]), "t"),
        (options().outputs([BuildOutput::default(), BuildOutput::default()]), "outputs"),
    ] {
        let error = solve(options).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
        let Error::Argument { argument: found, operation: "image_build", .. } = error else { panic!("{error:?}") };
        assert_eq!(found, argument);
    }
}
