namespace Mesh.Engine.Schedules;

/// <summary>Reads what waits from the pages of a queue.</summary>
internal static class ScheduledPages
{
    public static List<(Sequence Sequence, ScheduledForm Form)> Read(RecordPage page, string project)
    {
        var forms = new List<(Sequence, ScheduledForm)>(page.Count);
        foreach (var record in page) forms.Add((record.Sequence, ScheduledForm.Read(record, project)));
        return forms;
    }
}
