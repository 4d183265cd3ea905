using Microsoft.Data.Sqlite;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>
/// The database file, held by this process alone: a second engine on the same file would run every activity twice.
/// The lock belongs to an open file, so it is gone when the process is, however it ends.
/// </summary>
internal sealed class DatabaseFile : IDisposable
{
    /// <summary>How long a statement waits for a checkpoint of another connection, in seconds.</summary>
    private const int BusyTimeoutSeconds = 30;

    private readonly FileStream _lock;
    private readonly DurableOptions _options;

    private DatabaseFile(FileStream @lock, DurableOptions options)
    {
        _lock = @lock;
        _options = options;
    }

    /// <exception cref="DurableStoreException">Another process holds the file, or it cannot be made.</exception>
    public static DatabaseFile Open(DurableOptions options)
    {
        var lockPath = options.Database + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Database))!);
            var held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return new DatabaseFile(held, options);
        }
        catch (IOException taken) when (File.Exists(lockPath))
        {
            throw new DurableStoreException(
                $"The durable database '{options.Database}' is in use by another process. Stop that one, or set Durable:Database to another file.", taken);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new DurableStoreException($"The durable database '{options.Database}' cannot be made: {denied.Message}", denied);
        }
    }

    /// <summary>The one connection that writes.</summary>
    public Statements OpenWriter()
    {
        try
        {
            var sql = Connect(SqliteOpenMode.ReadWriteCreate);
            sql.Script("PRAGMA journal_mode = WAL");
            sql.Script(_options.Synchronous == SyncMode.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            Schema.Prepare(sql, _options.Database);
            return sql;
        }
        catch (SqliteException unusable)
        {
            throw new DurableStoreException($"The durable database '{_options.Database}' cannot be used: {unusable.Message}", unusable);
        }
    }

    public Statements OpenReader() => Connect(SqliteOpenMode.ReadOnly);

    public void Dispose() => _lock.Dispose();

    private Statements Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _options.Database,
            Mode = mode,
            DefaultTimeout = BusyTimeoutSeconds,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        return new Statements(connection);
    }
}
