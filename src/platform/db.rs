//! The database: SQLite with one writer and many readers, or PostgreSQL with row-level security. Rows of a tenant are
//! reached inside a [`Tx`] that was opened for a [`Scope`], and in no other way.

use crate::{
    Error, Result,
    access::Scope,
    platform::{persons::Keeping, secrets::Sealer},
};
use hub_migrations::{APPLICATION_ROLE, Migrator};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    EntityTrait, ExecResult, QueryResult, QueryTrait as _, Select, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
    sea_query::{Alias, Asterisk, Expr, ExprTrait as _, SelectStatement, UnionType},
};
use sea_orm_migration::MigratorTrait;
use std::time::Duration;

/// How long a caller waits for a connection or for SQLite's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// PostgreSQL's advisory lock that keeps two starting hubs from migrating at once; the value is "sbh" in ASCII.
const MIGRATION_LOCK: i64 = 0x73_62_68;

/// Handles to the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: DatabaseConnection,
    writer: DatabaseConnection,
    backend: DatabaseBackend,
    persons: Keeping,
}

/// A purpose other than a tenant's own for which rows are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Realm {
    /// Finding who a credential belongs to.
    SignIn,
    /// Handing out queued work.
    Dispatch,
    /// Finding which scorecard a share link shows.
    Share,
    /// Running the hub: making, suspending and removing organisations.
    Operate,
}

impl Realm {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Dispatch => "dispatch",
            Self::Share => "share",
            Self::Operate => "operate",
        }
    }
}

/// An open transaction of one tenant or realm. Dropping it without [`Tx::commit`] rolls it back.
pub struct Tx {
    inner: DatabaseTransaction,
    persons: Keeping,
}

impl Db {
    /// Connects to `url` and brings the tables up to date.
    ///
    /// # Errors
    /// Unavailable when nothing answers there; internal when a migration fails or when the application role could pass
    /// row-level security.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let db = Self::open(url, max_connections).await?;
        db.migrate().await?;
        db.check_isolation().await?;
        Ok(db)
    }

    /// Connects without touching the tables.
    pub async fn open(url: &str, max_connections: u32) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(max_connections).acquire_timeout(BUSY_TIMEOUT).sqlx_logging(false);
        if url.starts_with("sqlite:") {
            return Self::open_sqlite(&options).await;
        }
        let pool = connect(options).await?;
        Ok(Self { readers: pool.clone(), writer: pool, backend: DatabaseBackend::Postgres, persons: Keeping::Refused })
    }

    async fn open_sqlite(options: &ConnectOptions) -> Result<Self> {
        let mut writer = options.clone();
        writer.max_connections(1).min_connections(1).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                // What was erased is overwritten with zeros, not only forgotten.
                .pragma("secure_delete", "ON")
        });
        let writer = connect(writer).await?;
        let mut readers = options.clone();
        readers.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(BUSY_TIMEOUT).pragma("query_only", "ON"));
        let readers = connect(readers).await?;
        Ok(Self { readers, writer, backend: DatabaseBackend::Sqlite, persons: Keeping::Refused })
    }

    /// The same database, whose transactions seal what they write of persons where it can't be rewritten.
    #[must_use]
    pub fn sealing(self, sealer: Sealer) -> Self {
        Self { persons: Keeping::Sealed(sealer), ..self }
    }

    /// The same database with everything of persons in the clear: what tests of the sealing are held against.
    #[cfg(test)]
    pub fn in_the_clear(self) -> Self {
        Self { persons: Keeping::Clear, ..self }
    }

    /// Brings the tables up to date; a second hub that starts at the same time waits.
    pub async fn migrate(&self) -> Result<()> {
        let lock = self.writer.begin().await?;
        if self.is_postgres() {
            lock.execute_raw(self.statement("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK.into()])).await?;
            Migrator::up(&lock, None).await?;
            // A login that belongs to the role already, as a superuser does to every role, may lack the right to grant it.
            let grant = format!(
                "DO $$ BEGIN IF NOT pg_has_role(current_user, '{APPLICATION_ROLE}', 'MEMBER') THEN
                   GRANT {APPLICATION_ROLE} TO CURRENT_USER; END IF; END $$"
            );
            lock.execute_unprepared(&grant).await?;
        } else {
            Migrator::up(&lock, None).await?;
        }
        Ok(lock.commit().await?)
    }

    /// How many migrations have not been applied.
    pub async fn pending_migrations(&self) -> Result<usize> {
        // In a transaction, as everything: a pool in between may give every other statement another connection.
        let tx = self.writer.begin().await?;
        Ok(Migrator::get_pending_migrations(&tx).await?.len())
    }

    /// Refuses to go on when the application role could see past row-level security.
    async fn check_isolation(&self) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let sql = "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid) AS exempt
                   FROM pg_roles r WHERE rolname = $1";
        let tx = self.writer.begin().await?;
        let row = tx.query_one_raw(self.statement(sql, [APPLICATION_ROLE.into()])).await?;
        match row.map(|row| row.try_get::<bool>("", "exempt")).transpose()? {
            Some(false) => Ok(()),
            Some(true) => Err(Error::unavailable(format!(
                "The role {APPLICATION_ROLE} owns tables or can pass row-level security; take that from it and start again."
            ))),
            None => Err(Error::unavailable(format!(
                "The role {APPLICATION_ROLE} is missing; run `sbh migrate` as the owner of the database."
            ))),
        }
    }

    /// Opens a transaction that only reads, in the tenant of `scope`.
    pub async fn read(&self, scope: &Scope) -> Result<Tx> {
        let tx = self.readers.begin().await?;
        self.enter(&tx, &scope.tenant().to_string(), "").await?;
        Ok(self.transaction(tx))
    }

    /// Opens a transaction that changes something, in the tenant of `scope`.
    pub async fn write(&self, scope: &Scope) -> Result<Tx> {
        self.begin_write(&scope.tenant().to_string(), "").await
    }

    /// Opens a transaction for one purpose across tenants.
    pub(crate) async fn realm(&self, realm: Realm) -> Result<Tx> {
        self.begin_write("", realm.name()).await
    }

    /// Opens a reading transaction for one purpose across tenants.
    pub(crate) async fn read_realm(&self, realm: Realm) -> Result<Tx> {
        let tx = self.readers.begin().await?;
        self.enter(&tx, "", realm.name()).await?;
        Ok(self.transaction(tx))
    }

    /// Opens a transaction that changes what every organisation has, in the name of the one that runs the hub.
    pub(crate) async fn operate(&self, scope: &Scope) -> Result<Tx> {
        self.begin_write(&scope.tenant().to_string(), Realm::Operate.name()).await
    }

    async fn begin_write(&self, tenant: &str, realm: &str) -> Result<Tx> {
        let mut options = TransactionOptions::default();
        if !self.is_postgres() {
            // Taking the write lock first keeps a transaction that reads before it writes from failing half way.
            options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        }
        let tx = self.writer.begin_with_options(options).await?;
        self.enter(&tx, tenant, realm).await?;
        Ok(self.transaction(tx))
    }

    fn transaction(&self, inner: DatabaseTransaction) -> Tx {
        Tx { inner, persons: self.persons.clone() }
    }

    /// One statement sets role, tenant and realm for this transaction alone, so that a pooler may sit in between.
    async fn enter(&self, tx: &DatabaseTransaction, tenant: &str, realm: &str) -> Result<()> {
        if self.is_postgres() {
            let sql = "SELECT set_config('role', $1, true), set_config('sbh.tenant', $2, true), set_config('sbh.realm', $3, true)";
            tx.execute_raw(self.statement(sql, [APPLICATION_ROLE.into(), tenant.into(), realm.into()])).await?;
        }
        Ok(())
    }

    fn statement<const N: usize>(&self, sql: &str, values: [sea_orm::Value; N]) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, values)
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.backend == DatabaseBackend::Postgres
    }

    /// `sqlite` or `postgresql`, for health and logs.
    pub fn name(&self) -> &'static str {
        if self.is_postgres() { "postgresql" } else { "sqlite" }
    }

    /// Empties SQLite's log of changes into the file, so that no earlier page stays beside it. PostgreSQL does as much when
    /// it vacuums.
    pub async fn settle(&self) -> Result<()> {
        if !self.is_postgres() {
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.readers.ping().await?)
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<()> {
        self.readers.close().await?;
        Ok(self.writer.close().await?)
    }
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection> {
    Database::connect(options).await.map_err(|error| Error::unavailable("The database does not answer.").because(error))
}

impl Tx {
    /// Makes everything done in the transaction last.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// Goes on in another tenant, for what has to happen in two of them or in neither.
    pub(crate) async fn turn_to(&self, scope: &Scope) -> Result<()> {
        if self.is_postgres() {
            let sql = "SELECT set_config('sbh.tenant', $1, true)";
            let tenant = scope.tenant().to_string();
            let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, [tenant.into()]);
            self.inner.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// How persons are kept where nothing can be rewritten.
    pub(super) fn persons(&self) -> &Keeping {
        &self.persons
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.inner.get_database_backend() == DatabaseBackend::Postgres
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}

/// The ids of the tenants whose work waits because they are suspended, for what is handed out across tenants.
pub(crate) fn suspended_tenants() -> SelectStatement {
    let (tenants, suspended_at) = (Alias::new("tenants"), Alias::new("suspended_at"));
    SelectStatement::new()
        .column(Alias::new("id"))
        .from(tenants)
        .and_where(Expr::col(suspended_at).is_not_null())
        .to_owned()
}

/// The rows of several limited selects in one statement, in the order of the selects: the newest few of each of many things,
/// where one statement for each would cost more than the rows.
pub async fn all_of<E: EntityTrait>(tx: &Tx, selects: impl IntoIterator<Item = Select<E>>) -> Result<Vec<E::Model>> {
    // A part with an order and a limit of its own has to be a subquery in SQLite.
    let part = |select: Select<E>| {
        SelectStatement::new().column(Asterisk).from_subquery(select.into_query(), "part").to_owned()
    };
    let mut parts = selects.into_iter().map(part);
    let Some(mut whole) = parts.next() else { return Ok(Vec::new()) };
    for part in parts {
        whole.union(UnionType::All, part);
    }
    Ok(E::find().from_raw_sql(tx.get_database_backend().build(&whole)).all(tx).await?)
}

/// Whether the statement broke a unique index.
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}
