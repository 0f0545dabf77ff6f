using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Records picked one by one.</summary>
/// <param name="Slices">One record each.</param>
/// <param name="Looked">How many were looked for, of those asked for.</param>
/// <param name="Bytes">Bytes of the batches that hold them.</param>
internal readonly record struct PickedRecords(List<BatchSlice> Slices, int Looked, long Bytes);
