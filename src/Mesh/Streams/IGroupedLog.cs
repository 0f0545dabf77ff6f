namespace Mesh;

/// <summary>A log whose records consumer groups hand out: every kind of stream but a queue, whose claims are for all.</summary>
public interface IGroupedLog : IStreamLog, IConsumerGroups;
