use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use pg::{Config, Managed, Origin, Profile};

use crate::scene::{Scene, ask, is_server};

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: only root lends the server to another user");
    }
    root
}

/// Removes what the test leaves outside its temporary directory.
struct Leftovers(Vec<PathBuf>);

impl Drop for Leftovers {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = fs::remove_dir_all(path);
        }
    }
}

#[tokio::test]
async fn a_home_that_the_servers_user_cannot_enter() {
    if !is_root() {
        return;
    }
    let scene = Scene::with_mode(0o700);
    let managed = scene.start().await;
    let home = fs::read_link(scene.data_dir().join("postgres")).unwrap();
    let _leftovers = Leftovers(vec![home.clone(), home.with_extension("old-1")]);
    assert!(home.starts_with("/var/lib/stoa"), "{}", home.display());
    assert_ne!(
        scene.account().0,
        0,
        "the cluster belongs to an unprivileged user"
    );
    assert!(managed.socket_dir().starts_with(&home));
    ask(
        &managed.url(),
        "create table public.t (n int); insert into public.t values (42)",
    )
    .await
    .unwrap();
    managed.stop().await.unwrap();

    let managed = scene.start().await;
    assert_eq!(managed.origin(), Origin::Started);
    assert_eq!(ask(&managed.url(), "select n from public.t").await.unwrap(), "42");
    let mode = fs::metadata(scene.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody's home was opened");
    managed.stop().await.unwrap();

    // Deleted to begin anew. The old data are set aside, not served again and not lost.
    fs::remove_dir_all(scene.data_dir()).unwrap();
    let managed = Managed::start(Config::new(scene.data_dir())).await.unwrap();
    assert_eq!(managed.origin(), Origin::Created);
    assert!(home.with_extension("old-1").join("cluster/PG_VERSION").exists());
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_too_long_for_a_socket() {
    let scene = Scene::new();
    let data_dir = scene
        .path()
        .join("a-folder-with-a-long-name-".repeat(4))
        .join("and 'one', more \"still\"");
    let config = Config::new(&data_dir).profile(Profile::Test);
    let managed = Managed::start(config.clone()).await.unwrap();
    let dir = managed.socket_dir().to_path_buf();
    let _leftovers = Leftovers(vec![dir.clone()]);
    assert!(
        dir.join(".s.PGSQL.5432").as_os_str().len() <= 107,
        "{}",
        dir.display()
    );
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        fs::read_to_string(data_dir.join("stoa.socket"))
            .unwrap()
            .trim_end(),
        dir.to_str().unwrap()
    );
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();

    // /tmp is cleared at every boot.
    fs::remove_dir_all(&dir).unwrap();
    let managed = Managed::start(config.clone()).await.unwrap();
    assert_eq!(managed.socket_dir(), dir);
    managed.stop().await.unwrap();

    // Somebody else took the name.
    fs::remove_dir_all(&dir).unwrap();
    fs::write(&dir, "mine").unwrap();
    let managed = Managed::start(config).await.unwrap();
    assert_ne!(managed.socket_dir(), dir);
    let _other = Leftovers(vec![managed.socket_dir().to_path_buf()]);
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
    fs::remove_file(&dir).unwrap();
}

#[tokio::test]
async fn odd_characters_in_the_path() {
    let scene = Scene::new();
    let data_dir = scene.path().join("o'brien \"& sons\" %41\\é");
    let managed = Managed::start(Config::new(&data_dir).profile(Profile::Test))
        .await
        .unwrap();
    assert!(managed.socket_dir().starts_with(&data_dir));
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_runs_as_an_unprivileged_user_without_roots_groups() {
    if !is_root() {
        return;
    }
    let scene = Scene::new();
    let managed = scene.start().await;
    let pid = managed.pid().unwrap();
    assert!(is_server(pid));
    let status = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let (uid, gid) = scene.account();
    assert_eq!(field("Uid:"), vec![uid.to_string(); 4]);
    assert_eq!(field("Gid:"), vec![gid.to_string(); 4]);
    assert_eq!(field("Groups:"), Vec::<String>::new());
    managed.stop().await.unwrap();
}
