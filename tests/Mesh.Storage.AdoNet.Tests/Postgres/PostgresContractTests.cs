using Mesh.Contracts.Tests.Storage;
using Mesh.Testing.Postgres;

namespace Mesh.Storage.AdoNet.Tests.Postgres;

[RequiresPostgres]
public sealed class PostgresOpenTests() : LogStoreOpenContract(new PostgresFixture());

[RequiresPostgres]
public sealed class PostgresCommitTests() : LogStoreCommitContract(new PostgresFixture());

[RequiresPostgres]
public sealed class PostgresReadTests() : LogStoreReadContract(new PostgresFixture());

[RequiresPostgres]
public sealed class PostgresTrimTests() : LogStoreTrimContract(new PostgresFixture());

[RequiresPostgres]
public sealed class PostgresCatalogueTests() : LogStoreCatalogueContract(new PostgresFixture());
