using System.Globalization;

namespace Hybrid.LocalHost.Durable.Storage;

/// <summary>
/// The tables. Times are .NET ticks (UTC): a timer must fire at exactly the moment that the orchestrator computed.
/// A change of the tables raises <see cref="Version"/> and adds the statements that bring an older file up.
/// </summary>
internal static class Schema
{
    public const int Version = 1;

    private const string Tables = """
        CREATE TABLE instances (
            id TEXT NOT NULL PRIMARY KEY,
            execution_id TEXT NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            status TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            input TEXT, output TEXT, custom_status TEXT, failure TEXT, tags TEXT,
            parent_id TEXT, parent_execution_id TEXT, parent_name TEXT, parent_task_id INTEGER,
            trace_parent TEXT, trace_state TEXT
        );
        CREATE INDEX instances_by_creation ON instances (created_at, id);
        CREATE INDEX instances_by_parent ON instances (parent_id) WHERE parent_id IS NOT NULL;

        CREATE TABLE history (
            instance_id TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (instance_id, sequence)
        ) WITHOUT ROWID;

        -- What happened to an instance since its last turn. Timers and late starts wait here too: due_at is when they happen.
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            instance_id TEXT NOT NULL,
            execution_id TEXT,
            task_id INTEGER,
            happened_at INTEGER NOT NULL,
            due_at INTEGER,
            event TEXT NOT NULL
        );
        CREATE INDEX inbox_by_instance ON inbox (instance_id, happened_at, id);

        CREATE TABLE activities (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            instance_id TEXT NOT NULL,
            execution_id TEXT NOT NULL,
            task_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            input TEXT, tags TEXT,
            trace_parent TEXT, trace_state TEXT
        );
        CREATE INDEX activities_by_instance ON activities (instance_id);
        """;

    /// <exception cref="DurableStoreException">A newer version of the program wrote the file.</exception>
    public static void Prepare(Statements sql, string path)
    {
        var found = sql.Scalar<long>("PRAGMA user_version");
        if (found > Version)
            throw new DurableStoreException(
                $"The durable database '{path}' has schema version {found}; this program knows versions up to {Version}. Use the program that wrote it, or another Durable:Database.");
        if (found == Version)
            return;
        sql.Execute("BEGIN IMMEDIATE");
        sql.Script(Tables);
        sql.Script(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        sql.Execute("COMMIT");
    }
}
