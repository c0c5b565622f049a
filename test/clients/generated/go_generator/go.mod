module lossd.example/generated

go 1.26
