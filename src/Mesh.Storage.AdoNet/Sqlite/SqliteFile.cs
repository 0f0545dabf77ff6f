using Microsoft.Data.Sqlite;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>Which file, and what to say when it fails. Thread-safe.</summary>
internal sealed class SqliteFile
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    private readonly string _path;
    private volatile bool _existed;

    /// <param name="path">Made whole; folders that are missing are made when it is first opened.</param>
    public SqliteFile(string path) => _path = Path.GetFullPath(path);

    /// <summary>Creates the file only until it existed once: a database that vanishes must not come back as an empty one.</summary>
    public string ConnectionString => TextOf(_existed ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate);

    /// <summary>How long a lock of another program's is waited for, in whole seconds. SQLite looks now and then, so one that commits again and again can keep others out for as long.</summary>
    public TimeSpan LockedMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Settings of the writing connection beside ours: a test makes the disk full with them.</summary>
    public string WriterSettings { get; set; } = "";

    public override string ToString() => $"The SQLite database {_path}";

    /// <summary>True when the file was there once and is no longer: what is written then goes nowhere.</summary>
    public bool IsGone => _existed && !File.Exists(_path);

    public void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"{this} cannot be created: {failure.Message} Name a folder that can be written.", failure);
        }
    }

    public void MarkExisting() => _existed = true;

    public StorageUnavailableException Gone() => new($"{this} is gone: it was deleted or moved while in use. Put it back; appends then go on.");

    /// <summary>What happened, and what to do.</summary>
    public StorageUnavailableException Explain(SqliteException failure)
    {
        var advice = failure.SqliteErrorCode switch
        {
            Busy or Locked => "is locked by another program. Nothing was written; end that program, and appends go on.",
            Full => "cannot grow: the disk is full. Nothing was written; make room, and appends go on.",
            ReadOnly => "cannot be written: file or folder are read-only. Give this user the right to write; appends then go on.",
            CannotOpen => "cannot be opened: file or folder are missing, or may not be read. Put them right; appends then go on.",
            IoError => "failed to read or write. Look at the disk and at the system's log; appends go on when it answers again.",
            Corrupt => "is damaged. Run 'pragma integrity_check' on a copy, and restore a backup.",
            NotADatabase => "is no SQLite database. Name another path, or move the file away.",
            _ => "failed.",
        };
        return new StorageUnavailableException($"{this} {advice} ({failure.Message})", failure);
    }

    /// <summary>True when SQLite may have kept a commit that it reported as failed: all but a refusal before it wrote the commit mark.</summary>
    public static bool MayHaveCommitted(SqliteException failure) => failure.SqliteErrorCode is not (Busy or Locked or Full);

    // The driver's own pool is off: it would keep connections open behind our back. Its time-out bounds the wait for a lock, in seconds.
    private string TextOf(SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode, Pooling = false, DefaultTimeout = (int)LockedMax.TotalSeconds }.ToString();
}
