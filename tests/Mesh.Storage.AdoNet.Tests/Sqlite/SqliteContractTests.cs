using Mesh.Contracts.Tests.Storage;

namespace Mesh.Storage.AdoNet.Tests.Sqlite;

public sealed class SqliteOpenTests() : LogStoreOpenContract(new SqliteFixture());

public sealed class SqliteCommitTests() : LogStoreCommitContract(new SqliteFixture());

public sealed class SqliteReadTests() : LogStoreReadContract(new SqliteFixture());

public sealed class SqliteTrimTests() : LogStoreTrimContract(new SqliteFixture());

public sealed class SqliteCatalogueTests() : LogStoreCatalogueContract(new SqliteFixture());
