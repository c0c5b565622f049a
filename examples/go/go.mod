module lossd.example/http-go

go 1.24
