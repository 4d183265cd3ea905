using Hybrid.LocalHost.Durable.History;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>The durable state of all orchestrations on this machine: one SQLite file, one writer, many readers.</summary>
internal sealed class DurableStore : IAsyncDisposable
{
    /// <summary>Messages that one turn takes; the rest come with the next turn.</summary>
    public const int MaxMessages = 1000;

    private readonly DatabaseFile _file;
    private readonly ReaderPool _readers;
    private readonly CommitLoop _writer;

    private DurableStore(DatabaseFile file, ReaderPool readers, CommitLoop writer)
    {
        _file = file;
        _readers = readers;
        _writer = writer;
    }

    public CommitLoop Writer => _writer;

    /// <exception cref="DurableStoreException">The file is in use, unusable, or from a newer version.</exception>
    public static DurableStore Open(DurableOptions options, TimeProvider time, Action? beforeCommit)
    {
        var file = DatabaseFile.Open(options);
        try
        {
            var writer = file.OpenWriter();
            return new DurableStore(file, new ReaderPool(file), new CommitLoop(writer, time, beforeCommit));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public T Read<T>(Func<Statements, T> read) => _readers.Read(read);

    public InstanceRow? Instance(string instanceId) => _readers.Read(sql => Instance(sql, instanceId));

    public ActivityRow? Activity(long id) =>
        _readers.Read(sql => sql.Query("SELECT * FROM activities WHERE id = $0", ActivityRow.Read, id).FirstOrDefault());

    /// <summary>All that a turn needs, from one commit.</summary>
    /// <param name="now">Timers up to this time (UTC) have fired.</param>
    public (InstanceRow Instance, List<HistoryEvent> History, List<InboxMessage> Messages)? LoadTurn(string instanceId, DateTime now) => _readers.Read(sql =>
    {
        if (Instance(sql, instanceId) is not { } instance)
            return null;
        var messages = sql.Query(
            "SELECT id, event FROM inbox WHERE instance_id = $0 AND (due_at IS NULL OR due_at <= $1) ORDER BY happened_at, id LIMIT $2",
            row => new InboxMessage(row.GetInt64(0), HistoryJson.ReadEvent(row.GetString(1))),
            instanceId, now.Ticks, MaxMessages);
        var history = messages.Count == 0
            ? []
            : sql.Query("SELECT event FROM history WHERE instance_id = $0 ORDER BY sequence", row => HistoryJson.ReadEvent(row.GetString(0)), instanceId);
        return ((InstanceRow, List<HistoryEvent>, List<InboxMessage>)?)(instance, history, messages);
    });

    /// <summary>What a former process left to do.</summary>
    public Changes Outstanding(DateTime now) => _readers.Read(sql =>
    {
        var left = new Changes();
        left.Ready.UnionWith(sql.Query("SELECT DISTINCT instance_id FROM inbox WHERE due_at IS NULL OR due_at <= $0", row => row.GetString(0), now.Ticks));
        left.Due.AddRange(sql.Query(
            "SELECT instance_id, due_at FROM inbox WHERE due_at > $0", row => (row.GetString(0), new DateTime(row.GetInt64(1), DateTimeKind.Utc)), now.Ticks));
        left.Activities.AddRange(sql.Query("SELECT id FROM activities ORDER BY id", row => row.GetInt64(0)));
        return left;
    });

    /// <summary>Stops the writer once it has written what waits, and merges the log into the database file.</summary>
    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        // Closing the last connection makes SQLite checkpoint and remove the log.
        await _writer.DisposeAsync();
        _file.Dispose();
    }

    private static InstanceRow? Instance(Statements sql, string instanceId) =>
        sql.Query($"SELECT {InstanceRow.Columns} FROM instances WHERE id = $0", InstanceRow.Read, instanceId).FirstOrDefault();
}
