namespace Hybrid.GpuHost.Prompting.Jinja;

/// <summary>Something in a template that has a value.</summary>
/// <param name="Line">Where it stands.</param>
internal abstract record Expression(int Line)
{
    public object? Evaluate(Scope scope)
    {
        scope.Step(Line);
        return Value(scope);
    }

    protected abstract object? Value(Scope scope);
}

internal sealed record Constant(int Line, object? Content) : Expression(Line)
{
    protected override object? Value(Scope scope) => Content;
}

internal sealed record Name(int Line, string Identifier) : Expression(Line)
{
    protected override object? Value(Scope scope) => scope[Identifier];
}

internal sealed record ListLiteral(int Line, IReadOnlyList<Expression> Items) : Expression(Line)
{
    protected override object? Value(Scope scope) => Items.Select(item => item.Evaluate(scope)).ToList();
}

internal sealed record MapLiteral(int Line, IReadOnlyList<(Expression Key, Expression Value)> Entries) : Expression(Line)
{
    protected override object? Value(Scope scope)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in Entries)
        {
            map[Values.ToText(key.Evaluate(scope)).ToString()] = value.Evaluate(scope);
        }

        return map;
    }
}

/// <summary><c>a if condition else b</c></summary>
internal sealed record Conditional(int Line, Expression Test, Expression Then, Expression? Else) : Expression(Line)
{
    protected override object? Value(Scope scope) => Values.IsTrue(Test.Evaluate(scope)) ? Then.Evaluate(scope)
        : Else is null ? new Undefined("the value of an if without else")
        : Else.Evaluate(scope);
}

/// <summary><c>and</c>, <c>or</c>: the operand that decided it, and the second only when it is needed.</summary>
internal sealed record Logical(int Line, bool IsAnd, Expression Left, Expression Right) : Expression(Line)
{
    protected override object? Value(Scope scope)
    {
        var left = Left.Evaluate(scope);
        return Values.IsTrue(left) == IsAnd ? Right.Evaluate(scope) : left;
    }
}

internal sealed record Not(int Line, Expression Operand) : Expression(Line)
{
    protected override object? Value(Scope scope) => !Values.IsTrue(Operand.Evaluate(scope));
}

internal sealed record Unary(int Line, string Operator, Expression Operand) : Expression(Line)
{
    protected override object? Value(Scope scope) => Operators.Unary(Operator, Operand.Evaluate(scope), scope);
}

internal sealed record Binary(int Line, string Operator, Expression Left, Expression Right) : Expression(Line)
{
    protected override object? Value(Scope scope) => Operators.Binary(Operator, Left.Evaluate(scope), Right.Evaluate(scope), scope);
}

/// <summary><c>a &lt; b &lt;= c</c>: all of them have to hold.</summary>
internal sealed record Comparison(int Line, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression(Line)
{
    protected override object? Value(Scope scope)
    {
        var left = First.Evaluate(scope);
        foreach (var (@operator, operand) in Rest)
        {
            var right = operand.Evaluate(scope);
            if (!Operators.Compare(@operator, left, right, scope))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}

/// <summary><c>target.name</c></summary>
internal sealed record Attribute(int Line, Expression Target, string AttributeName) : Expression(Line)
{
    protected override object? Value(Scope scope) => Members.Attribute(Target.Evaluate(scope), AttributeName, scope);
}

/// <summary><c>target[key]</c></summary>
internal sealed record Index(int Line, Expression Target, Expression Key) : Expression(Line)
{
    protected override object? Value(Scope scope) => Members.Item(Target.Evaluate(scope), Key.Evaluate(scope), scope);
}

internal sealed record Slice(int Line, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(Line)
{
    protected override object? Value(Scope scope) => Members.Slice(
        Target.Evaluate(scope), Bound(Start, scope), Bound(Stop, scope), Bound(Step, scope) ?? 1, scope);

    private static long? Bound(Expression? bound, Scope scope) => bound?.Evaluate(scope) switch
    {
        null => null,
        long number => number,
        var other => throw scope.Fault($"a slice needs whole numbers, not {Values.TypeName(other)}."),
    };
}

internal sealed record Call(int Line, Expression Target, ArgumentList Arguments) : Expression(Line)
{
    protected override object? Value(Scope scope) => Target.Evaluate(scope) switch
    {
        Callable function => function(Arguments.Evaluate(scope)),
        var other => throw scope.Fault($"{Values.TypeName(other)} cannot be called."),
    };
}

/// <summary><c>value | filter(arguments)</c></summary>
internal sealed record Filter(int Line, Expression Operand, string FilterName, ArgumentList Arguments) : Expression(Line)
{
    protected override object? Value(Scope scope) => Filters.Apply(FilterName, Operand.Evaluate(scope), Arguments.Evaluate(scope));
}

/// <summary><c>value is test(arguments)</c></summary>
internal sealed record Test(int Line, Expression Operand, string TestName, ArgumentList Arguments, bool Negated) : Expression(Line)
{
    protected override object? Value(Scope scope) => Tests.Holds(TestName, Operand.Evaluate(scope), Arguments.Evaluate(scope)) != Negated;
}

internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static readonly ArgumentList Empty = new([], []);

    public Arguments Evaluate(Scope scope) => new(
        scope,
        [.. Positional.Select(argument => argument.Evaluate(scope))],
        Named.ToDictionary(argument => argument.Name, argument => argument.Value.Evaluate(scope), StringComparer.Ordinal));
}
