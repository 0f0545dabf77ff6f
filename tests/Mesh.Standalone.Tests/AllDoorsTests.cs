using Mesh.Testing.Doors;

namespace Mesh.Standalone.Tests;

public sealed class AllDoorsTests() : AllDoorsContract(StandaloneDoors.OpenAsync);

public sealed class InterleavedDoorsTests() : InterleavedDoorsContract(StandaloneDoors.OpenAsync, appends: 25);
