package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/test/simulator"
)

// documents are what a company keeps in its prior period, by path below the period's root folder.
var documents = map[string]string{
	"06 Accruals/Accruals 2026-11.csv":                      "account,amount\n2100,1250.00\n2150,18300.50\n",
	"06 Accruals/Reversals November 2026.csv":               "account,amount\n2100,-980.00\n",
	"10 Debt/Loan schedule.csv":                             "month,principal,interest\n2026-11,125000.00,520.83\n",
	"10 Debt/Covenants Q4 2026.txt":                         "Net debt to EBITDA below 3.0\n",
	"01 Cash/Bank statements/Statement 2026-11.pdf":         "%PDF-1.4 made for the demo\n",
	"01 Cash/Bank statements/Payroll statement 2026-11.pdf": "%PDF-1.4 made for the demo\n",
	"Notes of the controller.txt":                           "Call the bank about the new signatory.\n",
}

// writeDocuments puts the documents straight into the provider's storage, as if they had always been there.
func writeDocuments(ctx context.Context, e entity.Entity, providers *simulator.Simulator) error {
	_, path, _ := strings.Cut(e.Remote, ":")
	root := path + "/" + period.MonthlyCalendar(12).Start(prior).Format("2006/01 January") + "/"
	address := providers.Address(e.Pool)
	for name, text := range documents {
		var err error
		if address.Login != nil {
			err = putObject(ctx, address, root+name, text)
		} else {
			err = writeFile(filepath.Join(address.Root, filepath.FromSlash(root+name)), text)
		}
		if err != nil {
			return fmt.Errorf("write document %s of %s: %w", name, e.ID, err)
		}
	}
	return nil
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// putObject writes an object whose path begins with the bucket.
func putObject(ctx context.Context, address simulator.Address, path, text string) error {
	bucket, key, _ := strings.Cut(path, "/")
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(address.URL), Region: address.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(address.AccessKey, address.SecretKey, ""),
	})
	_, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader([]byte(text)),
	})
	return err
}
