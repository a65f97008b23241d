use super::*;

/// The engines of settings, of which the file is written first.
fn read(change: impl FnOnce(&mut Settings), file: &str) -> Result<Vec<Target>, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    if !file.is_empty() {
        let path = folder.path().join("engines.toml");
        std::fs::write(&path, file).unwrap();
        settings.engines = Some(path);
    }
    change(&mut settings);
    targets(settings)
        .map(|(targets, _)| targets)
        .map_err(|problem| problem.replace(&folder.path().display().to_string(), ""))
}

fn engine(settings: &mut Settings, engines: &[&str]) {
    settings.engine = engines.iter().map(ToString::to_string).collect();
}

fn names(targets: &[Target]) -> Vec<&str> {
    targets.iter().map(|target| target.name.as_deref().unwrap_or("-")).collect()
}

/// The names of the operations that an engine exposes.
fn exposed(target: &Target) -> Vec<&'static str> {
    let all = dockwright::operations::ALL.iter();
    all.filter(|operation| target.exposure.exposes(operation).is_ok()).map(|operation| operation.name).collect()
}

#[test]
fn without_names_there_is_one_engine_and_names_come_in_the_order_of_the_settings() {
    let one = read(|_| (), "").unwrap();
    assert_eq!((names(&one), &one[0].address), (vec!["-"], &Address::Found));
    let one = read(|settings| settings.host = Some("tcp://nas".to_owned()), "").unwrap();
    assert_eq!(one[0].address, Address::Host("tcp://nas".to_owned()));
    let file = "[engines.zoo]\naddress = 'tcp://zoo'\n[engines.ant]\naddress = 'tcp://ant'";
    let several = read(|settings| engine(settings, &["nas = tcp://nas:1", "a.b_c+d-e=unix:///x=y"]), file).unwrap();
    assert_eq!(names(&several), ["nas", "a.b_c+d-e", "ant", "zoo"]);
    assert_eq!(several[1].address, Address::Host("unix:///x=y".to_owned()));
}

#[test]
fn odd_names_and_doubled_ones_are_refused() {
    for name in ["*", "", " ", "a b", "näs", "-a", ".a", "a,b", "a/b", "[a]", "a\"", "a\nb", &"a".repeat(256)] {
        let problem = read(|settings| engine(settings, &[&format!("{name}=tcp://x")]), "").unwrap_err();
        assert!(
            problem.starts_with("--engine: ") && problem.contains("cannot be an engine's name"),
            "{name}: {problem}"
        );
        let file = format!("[engines.{name:?}]\naddress = 'tcp://x'");
        let problem = read(|_| (), &file).unwrap_err();
        assert!(problem.contains("cannot be an engine's name"), "{name}: {problem}");
    }
    let doubled = read(|settings| engine(settings, &["nas=tcp://a", "nas=tcp://b"]), "").unwrap_err();
    assert_eq!(doubled, "two engines are named `nas`");
    let doubled =
        read(|settings| engine(settings, &["nas=tcp://a"]), "[engines.nas]\naddress = 'tcp://b'").unwrap_err();
    assert!(doubled.ends_with("engines.nas: two engines are named `nas`"), "{doubled}");
    for (written, expected) in [
        ("nas", "--engine: write NAME=ADDRESS, such as nas=tcp://10.0.0.2:2376"),
        ("nas=", "--engine: `nas` has no address; write nas=tcp://10.0.0.2:2376"),
    ] {
        assert_eq!(read(|settings| engine(settings, &[written]), "").unwrap_err(), expected);
    }
    let both = read(
        |settings| {
            engine(settings, &["nas=tcp://a"]);
            settings.host = Some("tcp://b".to_owned());
        },
        "",
    );
    assert!(both.unwrap_err().starts_with("--host names the only engine"));
}

#[test]
fn a_section_narrows_the_engine_that_it_names_and_no_other() {
    let file = "[engines.nas]\nread_only = true\napi_version = '1.45'\n\
                [engines.build]\naddress = 'tcp://b'\ntags = ['image']\nexclude_tools = ['image_delete']";
    let all = read(|settings| engine(settings, &["nas=tcp://n", "local=tcp://l"]), file).unwrap();
    let [nas, local, build] = all.as_slice() else { panic!("{all:?}") };
    assert!(exposed(nas).contains(&"container_list") && !exposed(nas).contains(&"container_stop"));
    assert!(nas.settings.read_only && !local.settings.read_only && !build.settings.read_only);
    assert_eq!(exposed(local).len(), dockwright::operations::ALL.len());
    assert!(exposed(build).contains(&"image_list") && !exposed(build).contains(&"image_delete"));
    assert!(!exposed(build).contains(&"container_list"));
    assert_eq!((nas.api_version, local.api_version), (Some("1.45".parse().unwrap()), None));
}

#[test]
fn nothing_in_a_file_widens_the_settings_of_the_server() {
    let within = |change: fn(&mut Settings), keys: &str| {
        read(
            |settings| {
                engine(settings, &["nas=tcp://n", "local=tcp://l"]);
                change(settings);
            },
            &format!("[engines.nas]\n{keys}"),
        )
    };
    for (change, keys) in [
        ((|settings| settings.read_only = true) as fn(&mut Settings), "read_only = false"),
        (|settings| settings.no_destructive = true, "no_destructive = false"),
        (|settings| settings.no_credentials = true, "no_credentials = false"),
        (|_| (), "show_secrets = true"),
        (|_| (), "allow_newer = true"),
        (|settings| settings.allow_registry = vec!["docker.io".to_owned()], "allow_registry = ['quay.io']"),
    ] {
        let problem = within(change, keys).unwrap_err();
        assert!(problem.contains("engines.nas: ") && problem.contains("would widen the server's"), "{keys}: {problem}");
    }
    let bound = |settings: &mut Settings| {
        settings.tags = vec!["Container".to_owned()];
        settings.exclude_tools = vec!["container_delete".to_owned()];
        settings.no_destructive = true;
    };
    let all = within(bound, "tags = ['Container', 'Image']\ntools = ['container_delete', 'volume_list']").unwrap();
    let (nas, local) = (exposed(&all[0]), exposed(&all[1]));
    assert!(!nas.is_empty() && nas.iter().all(|name| local.contains(name)), "{nas:?}");
    let all = within(|settings| settings.show_secrets = true, "show_secrets = false\nallow_registry = []").unwrap();
    assert!(!all[0].settings.show_secrets && all[1].settings.show_secrets);
    let all = within(|_| (), "no_credentials = true").unwrap();
    assert!(all[0].settings.no_credentials && !all[1].settings.no_credentials);
    let all = within(|settings| settings.read_only = true, "no_destructive = true").unwrap();
    assert!(all[0].settings.read_only && all[0].settings.no_destructive && !all[1].settings.no_destructive);
}

#[test]
fn a_section_that_means_nothing_is_refused() {
    for (keys, expected) in [
        (
            "[engines.nsa]\nread_only = true",
            "engines.nsa: `address` is missing, and no other setting names this engine",
        ),
        ("[engines.nsa]\nread_only = true", "; did you mean `nas`?"),
        ("[engines.nas]\ntags = []", "engines.nas: `tags` is empty: leave it out, or name some"),
        ("[engines.nas]\ntags = ['Contaner']", "unknown tag `Contaner`; did you mean `Container`?"),
        ("[engines.nas]\napi_version = 'new'", "engines.nas: api_version: "),
    ] {
        let problem = read(|settings| engine(settings, &["nas=tcp://n"]), keys).unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }
    assert_eq!(read(|_| (), "# none").unwrap_err(), "--engines: the file names no engine");
}

#[test]
#[cfg(unix)]
fn names_of_one_engine_have_the_same_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (socket, link) = (folder.path().join("docker.sock"), folder.path().join("link"));
    std::fs::write(&socket, "").unwrap();
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    let linked = format!("same=unix://{}/docker.sock", link.display());
    let engines = [format!("nas=unix://{}", socket.display()), linked, "far=tcp://far:2375".to_owned()];
    let engines: Vec<_> = engines.iter().map(String::as_str).collect();
    let read = |file: &str| read(|settings| engine(settings, &engines), file);
    assert_eq!(read("[engines.far]\nread_only = true").unwrap().len(), 3);
    assert_eq!(read("[engines.nas]\nread_only = true\n[engines.same]\nread_only = true").unwrap().len(), 3);
    let problem = read("[engines.same]\nread_only = true").unwrap_err();
    assert!(problem.starts_with("`nas` and `same` are names of one engine, unix://"), "{problem}");
}
