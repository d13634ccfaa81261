//! Tree, preparation, disk, database and sessions of a ZooKeeper server against recordings of real
//! servers and the upstream tests. Each test names its source.

mod client;
mod database;
mod disk;
mod fx;
mod history;
mod leader;
mod modes;
mod permissions;
mod prepare;
mod serving;
mod session;
mod tree;
mod world;
